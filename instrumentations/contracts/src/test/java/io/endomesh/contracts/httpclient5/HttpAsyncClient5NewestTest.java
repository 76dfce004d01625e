package io.endomesh.contracts.httpclient5;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "Apache HttpClient 5, asynchronous",
    staged = "httpclient5-newest",
    release = Release.NEWEST)
class HttpAsyncClient5NewestTest extends HttpAsyncClient5Version {}
