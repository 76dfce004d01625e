package io.endomesh.instrumentation.okhttp;

import java.util.Set;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A tag of requests that the mesh sends, which the library carries along to the response of the
 * network. Immutable.
 */
enum Mark {
  MESH;

  /**
   * What the library would send the same request for again, with retries and waits of its own: 408,
   * 421, 503; and 407, which it takes for a proxy's, and there is none.
   */
  private static final Set<Integer> ASKED_AGAIN = Set.of(407, 408, 421, 503);

  static Request on(Request request) {
    return request.newBuilder().tag(Mark.class, MESH).build();
  }

  static boolean isFinal(Response response) {
    if (!ASKED_AGAIN.contains(response.code())) {
      return false;
    }
    Response ofNetwork = response.networkResponse();
    return ofNetwork != null && ofNetwork.request().tag(Mark.class) != null;
  }
}
