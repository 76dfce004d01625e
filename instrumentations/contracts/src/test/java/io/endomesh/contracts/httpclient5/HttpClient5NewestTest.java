package io.endomesh.contracts.httpclient5;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(
    name = "Apache HttpClient 5, classic",
    staged = "httpclient5-newest",
    release = Release.NEWEST)
class HttpClient5NewestTest extends HttpClassicClient5Version {}
