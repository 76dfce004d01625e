package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.Library;

@Library(name = "Apache HttpClient 4", staged = "httpclient4-oldest")
class HttpClient4OldestTest extends HttpBlockingClient4Version {}
