package io.endomesh.telemetry;

import io.endomesh.dataplane.GrpcCode;
import org.jspecify.annotations.Nullable;

/** What a gRPC status is called in telemetry, and for whom it is an error. */
final class GrpcStatus {

  /**
   * Codes that blame the server (OpenTelemetry's gRPC conventions): UNKNOWN, DEADLINE_EXCEEDED,
   * UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
   */
  private static final int SERVER_ERRORS = 1 << 2 | 1 << 4 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15;

  private GrpcStatus() {}

  /** Null if there is no status. */
  static @Nullable String name(int code) {
    return code < 0 ? null : GrpcCode.name(code);
  }

  static @Nullable String errorType(int code, boolean server) {
    if (code < 0) {
      return Observed.ABANDONED;
    }
    if (code == 0 || (server && GrpcCode.isKnown(code) && (SERVER_ERRORS & 1 << code) == 0)) {
      return null;
    }
    return name(code);
  }
}
