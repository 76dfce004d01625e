package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.Library;

@Library(name = "Apache HttpClient 4, asynchronous", staged = "httpasyncclient4-oldest")
class HttpAsyncClient4OldestTest extends HttpAsyncClient4Version {}
