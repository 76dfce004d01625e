package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "Apache HttpClient 4, asynchronous",
    staged = "httpasyncclient4-newest",
    release = Release.NEWEST)
class HttpAsyncClient4NewestTest extends HttpAsyncClient4Version {}
