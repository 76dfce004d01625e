package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "Apache HttpClient 4", staged = "httpclient4-newest", release = Release.NEWEST)
class HttpClient4NewestTest extends HttpBlockingClient4Version {}
