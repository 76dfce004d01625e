package io.endomesh.contracts.asynchttpclient;

import io.endomesh.testkit.Library;

@Library(name = "AsyncHttpClient", staged = "async-http-client-oldest")
class AsyncHttpClientOldestTest extends AsyncHttpClientVersion {}
