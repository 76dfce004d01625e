package io.endomesh.instrumentation.undertow;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import io.undertow.util.HeaderMap;
import io.undertow.util.HttpString;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The headers of Undertow's answer, as policies may change them. Not thread-safe, as what it
 * changes.
 */
final class ResponseHeaders implements Headers {

  private final HeaderMap headers;

  ResponseHeaders(HeaderMap headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = headers.get(name);
    return values == null ? null : HeaderValues.joined(name, values);
  }

  @Override
  public void setHeader(String name, String value) {
    headers.put(new HttpString(name), value);
  }

  @Override
  public void addHeader(String name, String value) {
    headers.add(new HttpString(name), value);
  }

  @Override
  public void removeHeader(String name) {
    headers.remove(name);
  }
}
