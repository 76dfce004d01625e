package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Attempt;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/** How gRPC's end of a call is told to the data plane. Stateless. */
final class AttemptEnd {

  /** A gRPC response always has this HTTP status. */
  private static final int HTTP_OK = 200;

  /** When the server wants the call repeated (gRFC A6). */
  static final String PUSHBACK = "grpc-retry-pushback-ms";

  private AttemptEnd() {}

  /**
   * @return as {@link Attempt#closed}
   */
  static long tell(Attempt attempt, Pick pick, Status status, Metadata trailers) {
    if (pick.sent()) {
      return attempt.closed(
          pick.answered() ? HTTP_OK : 0,
          status.getCode().value(),
          MetadataText.get(trailers, PUSHBACK));
    }
    if (unreachable(pick, status) || status.getCode() == Status.Code.DEADLINE_EXCEEDED) {
      return attempt.failed(status.asRuntimeException(), /* sent= */ false);
    }
    // Credentials or a message that could not be written: not the endpoint's doing.
    return abandoned(attempt, status.asRuntimeException());
  }

  /** Ends an attempt that tells nothing of its endpoint. */
  static long abandoned(Attempt attempt, @Nullable Throwable cause) {
    attempt.abandoned(cause);
    return attempt.retried() ? Attempt.OTHERS : Attempt.DELIVER;
  }

  static boolean unreachable(Pick pick, Status status) {
    return !pick.sent() && status.getCode() == Status.Code.UNAVAILABLE;
  }
}
