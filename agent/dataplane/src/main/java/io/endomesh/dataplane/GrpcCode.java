package io.endomesh.dataplane;

import java.util.List;

/** The names of gRPC's status codes (google.rpc.Code), which configuration and telemetry use. */
public final class GrpcCode {

  /** In the order of their numbers. */
  public static final List<String> NAMES =
      List.of(
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
          "UNAUTHENTICATED");

  private GrpcCode() {}

  /** A number without a name is UNKNOWN, as gRPC has it. */
  public static String name(int number) {
    return isKnown(number) ? NAMES.get(number) : "UNKNOWN";
  }

  public static boolean isKnown(int number) {
    return number >= 0 && number < NAMES.size();
  }
}
