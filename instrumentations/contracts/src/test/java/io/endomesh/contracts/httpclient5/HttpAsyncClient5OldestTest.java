package io.endomesh.contracts.httpclient5;

import io.endomesh.testkit.Library;

@Library(name = "Apache HttpClient 5, asynchronous", staged = "httpclient5-oldest")
class HttpAsyncClient5OldestTest extends HttpAsyncClient5Version {}
