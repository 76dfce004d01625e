package io.endomesh.instrumentation.tomcat;

import io.endomesh.dataplane.HeaderValues;
import io.endomesh.dataplane.Headers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.coyote.Response;
import org.apache.tomcat.util.http.MimeHeaders;
import org.jspecify.annotations.Nullable;

/**
 * The headers of Tomcat's answer, as policies may change them. Not thread-safe, as what it changes.
 */
final class ResponseHeaders implements Headers {

  private final MimeHeaders headers;

  ResponseHeaders(Response response) {
    this.headers = response.getMimeHeaders();
  }

  @Override
  public @Nullable String header(String name) {
    List<String> values = new ArrayList<>(Collections.list(headers.values(name)));
    return values.isEmpty() ? null : HeaderValues.joined(name, values);
  }

  @Override
  public void setHeader(String name, String value) {
    headers.setValue(name).setString(value);
  }

  @Override
  public void addHeader(String name, String value) {
    headers.addValue(name).setString(value);
  }

  @Override
  public void removeHeader(String name) {
    headers.removeHeader(name);
  }
}
