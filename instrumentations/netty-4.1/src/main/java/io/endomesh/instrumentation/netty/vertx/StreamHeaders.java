package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import io.netty.handler.codec.http2.Http2Headers;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The headers of a stream, as policies read and change them. Not thread-safe. */
final class StreamHeaders implements Headers {

  private final Http2Headers headers;

  StreamHeaders(Http2Headers headers) {
    this.headers = headers;
  }

  /** Names are in lower case in HTTP/2 (RFC 9113, 8.2). */
  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = new ArrayList<>(1);
    for (CharSequence value : headers.getAll(lower(name))) {
      values.add(value.toString());
    }
    return HeaderValues.joined(name, values);
  }

  @Override
  public void setHeader(String name, String value) {
    headers.set(lower(name), value);
  }

  @Override
  public void addHeader(String name, String value) {
    headers.add(lower(name), value);
  }

  @Override
  public void removeHeader(String name) {
    headers.remove(lower(name));
  }
}
