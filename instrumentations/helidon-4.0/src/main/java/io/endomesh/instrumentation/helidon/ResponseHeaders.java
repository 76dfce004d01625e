package io.endomesh.instrumentation.helidon;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import io.helidon.http.HeaderName;
import io.helidon.http.HeaderNames;
import io.helidon.http.WritableHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The headers of Helidon's answer, as policies may change them. Not thread-safe, as what it
 * changes.
 */
final class ResponseHeaders implements Headers {

  private final WritableHeaders<?> headers;

  ResponseHeaders(WritableHeaders<?> headers) {
    this.headers = headers;
  }

  @Override
  public @Nullable String header(String name) {
    HeaderName known = HeaderNames.create(name);
    return headers.contains(known)
        ? HeaderValues.joined(name, headers.get(known).allValues())
        : null;
  }

  @Override
  public void setHeader(String name, String value) {
    headers.set(HeaderNames.create(name), value);
  }

  @Override
  public void addHeader(String name, String value) {
    headers.add(HeaderNames.create(name), value);
  }

  @Override
  public void removeHeader(String name) {
    headers.remove(HeaderNames.create(name));
  }
}
