package io.endomesh.telemetry;

import org.jspecify.annotations.Nullable;

/** The names of gRPC's status codes (google.rpc.Code), and which are errors for whom. */
final class GrpcStatus {

  private static final String[] NAMES = {
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
  };

  /**
   * Codes that blame the server (OpenTelemetry's gRPC conventions): UNKNOWN, DEADLINE_EXCEEDED,
   * UNIMPLEMENTED, INTERNAL, UNAVAILABLE, DATA_LOSS.
   */
  private static final int SERVER_ERRORS = 1 << 2 | 1 << 4 | 1 << 12 | 1 << 13 | 1 << 14 | 1 << 15;

  private GrpcStatus() {}

  /** Null if there is no status. */
  static @Nullable String name(int code) {
    if (code < 0) {
      return null;
    }
    return code < NAMES.length ? NAMES[code] : "UNKNOWN";
  }

  static @Nullable String errorType(int code, boolean server) {
    if (code < 0) {
      return Observed.ABANDONED;
    }
    if (code == 0 || (server && code < NAMES.length && (SERVER_ERRORS & 1 << code) == 0)) {
      return null;
    }
    return name(code);
  }
}
