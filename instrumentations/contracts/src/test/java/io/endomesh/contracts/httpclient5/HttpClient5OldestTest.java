package io.endomesh.contracts.httpclient5;

import io.endomesh.testkit.Library;

@Library(name = "Apache HttpClient 5, classic", staged = "httpclient5-oldest")
class HttpClient5OldestTest extends HttpClassicClient5Version {}
