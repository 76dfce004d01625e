package io.endomesh.instrumentation.armeria.client;

import com.linecorp.armeria.common.ResponseHeadersBuilder;
import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import org.jspecify.annotations.Nullable;

/**
 * The headers of an answer in Armeria's form, as policies may change them. Not thread-safe, as what
 * it changes.
 */
final class AnswerHeaders implements Headers {

  private final ResponseHeadersBuilder headers;

  AnswerHeaders(ResponseHeadersBuilder headers) {
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
