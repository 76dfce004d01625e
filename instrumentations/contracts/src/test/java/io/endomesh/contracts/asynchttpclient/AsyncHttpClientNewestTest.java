package io.endomesh.contracts.asynchttpclient;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "AsyncHttpClient", staged = "async-http-client-newest", release = Release.NEWEST)
class AsyncHttpClientNewestTest extends AsyncHttpClientVersion {}
