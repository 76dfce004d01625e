package io.endomesh.contracts.httpclient4;

import io.endomesh.testkit.Library;

@Library(name = "Apache HttpClient 4", staged = "httpclient4-newest")
class HttpClient4NewestTest extends HttpClient4Version {}
