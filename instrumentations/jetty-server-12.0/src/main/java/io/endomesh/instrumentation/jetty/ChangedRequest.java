package io.endomesh.instrumentation.jetty;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/** A request out of which headers were taken. Not thread-safe, as what it wraps. */
final class ChangedRequest extends Request.Wrapper {

  private final HttpFields headers;

  ChangedRequest(Request request, HttpFields headers) {
    super(request);
    this.headers = headers;
  }

  @Override
  public HttpFields getHeaders() {
    return headers;
  }
}
