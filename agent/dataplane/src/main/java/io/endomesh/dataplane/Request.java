package io.endomesh.dataplane;

import io.endomesh.dataplane.token.Claims;
import org.jspecify.annotations.Nullable;

/**
 * A request as the mesh sees it: a view onto the library's own request object, made by an
 * instrumentation. Not thread-safe: used by one thread at a time.
 */
public interface Request {

  Protocol protocol();

  /** Host and optional port as the application wrote them: {@code orders}, {@code orders:8080}. */
  String authority();

  /**
   * {@code http} or {@code https} as the application wrote it; {@code http} where it wrote none.
   */
  default String scheme() {
    return "http";
  }

  /** HTTP method; {@code POST} for gRPC. */
  String method();

  /** Path without query, starting with {@code /}; for gRPC {@code /package.Service/Method}. */
  String path();

  /** Raw query without {@code ?}, or null. */
  default @Nullable String query() {
    return null;
  }

  /**
   * A header, or null. If it is there several times, all its values as one, as {@link
   * HeaderValues#joined} makes it: whoever looked at the first only could be deceived by a second.
   *
   * @param name in lower case
   */
  @Nullable String header(String name);

  /** What a verified token says of who sent it. */
  default Claims claims() {
    return Claims.NONE;
  }

  /** True if the body can be sent a second time: absent, or held whole in memory. */
  boolean replayable();
}
