package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Set;

/** Conditions of retries as Envoy's {@code retry_on} and Istio's {@code retryOn} name them. */
final class RetryConditions {

  private static final Set<String> KNOWN =
      Set.of(
          "5xx",
          "gateway-error",
          "reset",
          "reset-before-request",
          "connect-failure",
          "refused-stream",
          "retriable-4xx",
          "retriable-status-codes",
          "cancelled",
          "deadline-exceeded",
          "internal",
          "resource-exhausted",
          "unavailable");

  private RetryConditions() {}

  /**
   * Adds one to where it belongs.
   *
   * @param token a condition, or an HTTP status, as Istio allows
   */
  static void add(
      Fields fields, String field, String token, List<Integer> codes, List<String> conditions) {
    if (token.matches("[1-5][0-9][0-9]")) {
      codes.add(Integer.valueOf(token));
    } else if (KNOWN.contains(token)) {
      conditions.add(token);
    } else {
      throw fields.invalid(
          field,
          "'"
              + token
              + "' (expected: an HTTP status, or one of "
              + String.join(", ", KNOWN.stream().sorted().toList())
              + ")"
              + Nearest.suggestion(token, KNOWN));
    }
  }
}
