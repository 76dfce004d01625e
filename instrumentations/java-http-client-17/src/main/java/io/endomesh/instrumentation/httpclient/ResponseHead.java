package io.endomesh.instrumentation.httpclient;

import java.net.http.HttpClient.Version;
import java.net.http.HttpHeaders;
import java.net.http.HttpResponse.ResponseInfo;

/** What a body handler is told of a response. Immutable. */
record ResponseHead(int statusCode, HttpHeaders headers, Version version) implements ResponseInfo {}
