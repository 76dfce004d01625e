package io.endomesh.instrumentation.okhttp;

import okhttp3.HttpUrl;
import okhttp3.Request;
import org.jspecify.annotations.Nullable;

/**
 * What a policy writes on the wire in place of what the application sees. Immutable.
 *
 * @param target path and query, null for those of the request
 * @param authority host, null for that of the request
 */
record Wire(@Nullable String target, @Nullable String authority) {

  static Wire of(RequestView view) {
    return new Wire(view.sentTarget(), view.sentAuthority());
  }

  Request on(Request request) {
    if (target == null && authority == null) {
      return request;
    }
    Request.Builder wire = request.newBuilder();
    if (target != null) {
      wire.url(url(request.url(), target));
    }
    if (authority != null) {
      wire.header("Host", authority);
    }
    return wire.build();
  }

  /** Host and port, which the library compares with those of the connection, stay. */
  private static HttpUrl url(HttpUrl asked, String target) {
    int mark = target.indexOf('?');
    return asked
        .newBuilder()
        .encodedPath(mark < 0 ? target : target.substring(0, mark))
        .encodedQuery(mark < 0 ? null : target.substring(mark + 1))
        .build();
  }
}
