package io.endomesh.dataplane;

import java.util.Set;

/** What a method says of a request. */
public final class HttpMethods {

  /** RFC 9110, 9.2.2. */
  private static final Set<String> IDEMPOTENT =
      Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

  private HttpMethods() {}

  /** True if asking twice is meant to do what asking once does. */
  public static boolean isIdempotent(String method) {
    return IDEMPOTENT.contains(method);
  }
}
