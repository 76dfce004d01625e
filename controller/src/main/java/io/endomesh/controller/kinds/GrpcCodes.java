package io.endomesh.controller.kinds;

import java.util.List;

/** The names of gRPC's status codes, in the order of their numbers (google.rpc.Code). */
final class GrpcCodes {

  private static final List<String> NAMES =
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

  private GrpcCodes() {}

  static int number(Fields fields, String field, String name) {
    int number = NAMES.indexOf(name);
    if (number < 0) {
      throw fields.invalid(
          field,
          "'"
              + name
              + "' (expected: a gRPC status such as UNAVAILABLE)"
              + Nearest.suggestion(name, NAMES));
    }
    return number;
  }
}
