package io.endomesh.controller.kinds;

import io.endomesh.dataplane.GrpcCode;

/** gRPC status codes in resources: by name. */
final class GrpcCodes {

  private GrpcCodes() {}

  static int number(Fields fields, String field, String name) {
    int number = GrpcCode.NAMES.indexOf(name);
    if (number < 0) {
      throw fields.invalid(
          field,
          "'"
              + name
              + "' (expected: a gRPC status such as UNAVAILABLE)"
              + Nearest.suggestion(name, GrpcCode.NAMES));
    }
    return number;
  }
}
