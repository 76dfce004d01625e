package io.endomesh.dataplane.route;

import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong on purpose (Envoy {@code HTTPFault}). Immutable.
 *
 * @param delay null delays nothing
 * @param abort null aborts nothing
 */
public record Fault(@Nullable Delay delay, @Nullable Abort abort) {

  /**
   * Before anything else happens to the call, and not part of its timeout, as in Envoy.
   *
   * @param nanos more than 0
   */
  public record Delay(Share share, long nanos) {}

  /**
   * Answered in place of the service.
   *
   * @param grpcStatus for gRPC; -1 derives it from the HTTP status
   */
  public record Abort(Share share, int status, int grpcStatus) {}
}
