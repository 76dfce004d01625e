package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The headers of an answer in Netty's form, as policies may change them. Not thread-safe, as what
 * it changes.
 */
final class ResponseHeaders implements Headers {

  private final HttpHeaders headers;

  ResponseHeaders(HttpHeaders headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, headers.getAll(name));
  }

  @Override
  public void setHeader(String name, String value) {
    headers.set(name, value);
  }

  @Override
  public void addHeader(String name, String value) {
    headers.add(name, value);
  }

  @Override
  public void removeHeader(String name) {
    headers.remove(name);
  }
}
