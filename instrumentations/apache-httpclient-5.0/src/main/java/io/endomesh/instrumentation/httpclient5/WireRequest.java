package io.endomesh.instrumentation.httpclient5;

import java.net.URISyntaxException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/**
 * What of a request is another on the wire than for the application. Immutable.
 *
 * @param target path and query, null for those of the request
 * @param authority host, null for that of the request
 */
record WireRequest(@Nullable String target, @Nullable String authority) {

  /**
   * What HTTP/2 has no place for (RFC 9113, 8.2.2 and 8.3.1). 5.2 writes some of it before it knows
   * what the connection speaks, and refuses the request then.
   */
  private static final String[] NOT_IN_HTTP2 = {
    HttpHeaders.HOST, HttpHeaders.CONNECTION, HttpHeaders.KEEP_ALIVE, HttpHeaders.TRANSFER_ENCODING
  };

  /**
   * @param http2 if that is what the wire speaks
   */
  HttpRequest of(HttpRequest request, boolean http2) {
    if (target == null && authority == null && !http2) {
      return request;
    }
    HttpRequest wire = Messages.copy(request);
    if (target != null) {
      wire.setPath(target);
    }
    if (authority != null) {
      rewrite(wire, authority);
    }
    if (http2) {
      for (String header : NOT_IN_HTTP2) {
        wire.removeHeaders(header);
      }
    }
    return wire;
  }

  /** HTTP/2 has it in the request, HTTP/1.1 in a header that may be there already. */
  private static void rewrite(HttpRequest wire, String authority) {
    boolean parsed = false;
    try {
      wire.setAuthority(URIAuthority.create(authority));
      parsed = true;
    } catch (URISyntaxException e) {
      // Then it is the header that says it.
    }
    if (!parsed || wire.containsHeader(HttpHeaders.HOST)) {
      wire.setHeader(HttpHeaders.HOST, authority);
    }
  }
}
