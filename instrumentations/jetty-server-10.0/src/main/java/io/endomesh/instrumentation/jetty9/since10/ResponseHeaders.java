package io.endomesh.instrumentation.jetty9.since10;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import org.eclipse.jetty.http.HttpFields;
import org.jspecify.annotations.Nullable;

/**
 * The headers of Jetty's answer, as policies may change them. Not thread-safe, as what it changes.
 */
final class ResponseHeaders implements Headers {

  private final HttpFields.Mutable headers;

  ResponseHeaders(HttpFields.Mutable headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable String header(String name) {
    return HeaderValues.joined(name, headers.getValuesList(name));
  }

  @Override
  public void setHeader(String name, String value) {
    headers.put(name, value);
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
