package io.endomesh.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * How an attempt, or a served call, ended. Immutable.
 *
 * @param status HTTP status, or 0 if none arrived
 * @param grpcStatus gRPC status code number, or -1 if this was not gRPC or none arrived
 * @param error what the library threw, or null
 * @param durationNanos from start to the end of the response head (HTTP) or the close (gRPC)
 */
public record Outcome(int status, int grpcStatus, @Nullable Throwable error, long durationNanos) {

  /** No gRPC status. */
  public static final int NOT_GRPC = -1;

  /** True if it counts against the endpoint and in error rates: no answer, 5xx, or a gRPC error. */
  public boolean failed() {
    return error != null || status >= 500 || grpcStatus > 0 || (status == 0 && grpcStatus < 0);
  }
}
