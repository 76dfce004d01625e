package io.endomesh.instrumentation.httpserver;

import com.sun.net.httpserver.Headers;
import io.endomesh.dataplane.HeaderValues;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers of the server's answer, as policies may change them. Not thread-safe, as what it
 * changes.
 */
final class ResponseHeaders implements io.endomesh.dataplane.Headers {

  private final Headers headers;

  ResponseHeaders(Headers headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : HeaderValues.joined(name, values);
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
