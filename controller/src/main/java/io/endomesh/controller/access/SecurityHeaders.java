package io.endomesh.controller.access;

import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.ResponseHeaders;

/** What every answer to a browser carries. Stateless. */
final class SecurityHeaders {

  /** Scripts, styles and requests from here only; nothing inline, nothing evaluated, no frames. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";

  private SecurityHeaders() {}

  static ResponseHeaders added(ResponseHeaders headers) {
    return headers.toBuilder()
        .set(HttpHeaderNames.CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
        .set(HttpHeaderNames.X_CONTENT_TYPE_OPTIONS, "nosniff")
        .set(HttpHeaderNames.REFERRER_POLICY, "no-referrer")
        .set(HttpHeaderNames.X_FRAME_OPTIONS, "DENY")
        .build();
  }
}
