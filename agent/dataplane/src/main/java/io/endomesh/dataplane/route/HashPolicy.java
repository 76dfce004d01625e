package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.cluster.XxHash64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The part of a request that says which endpoint it sticks to, for balancing by hash (Envoy {@code
 * RouteAction.HashPolicy}). Immutable; allocates nothing but for cookies.
 */
public sealed interface HashPolicy {

  /** What is hashed, or null if the request has no such thing. */
  @Nullable String value(Request request);

  /**
   * @param name in lower case
   */
  record Header(String name) implements HashPolicy {
    @Override
    public @Nullable String value(Request request) {
      return request.header(name);
    }
  }

  record Cookie(String name) implements HashPolicy {
    @Override
    public @Nullable String value(Request request) {
      return Cookies.value(request.header("cookie"), name);
    }
  }

  record QueryParameter(String name) implements HashPolicy {
    @Override
    public @Nullable String value(Request request) {
      return RouteMatch.QueryMatch.parameter(request.query(), name);
    }
  }

  /**
   * The hashes of all policies that find something, combined as Envoy does: rotated by one bit and
   * XORed.
   *
   * @return {@code otherwise} if none finds anything
   */
  static long hash(List<HashPolicy> policies, Request request, long otherwise) {
    boolean found = false;
    long hash = 0;
    for (int i = 0; i < policies.size(); i++) {
      String value = policies.get(i).value(request);
      if (value != null) {
        hash = Long.rotateLeft(hash, 1) ^ XxHash64.hash(value);
        found = true;
      }
    }
    return found ? hash : otherwise;
  }
}
