package io.endomesh.xds.translate;

import io.endomesh.dataplane.route.RetryPolicy;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Envoy's RetryPolicy to ours. Stateless. */
final class RetryTranslator {

  /** Conditions of {@code retry_on} that are gRPC statuses (Envoy x-envoy-retry-grpc-on). */
  private static final Map<String, Integer> GRPC =
      Map.of(
          "cancelled", 1,
          "deadline-exceeded", 4,
          "resource-exhausted", 8,
          "internal", 13,
          "unavailable", 14);

  /** Conditions that say nothing new: an attempt that never left is repeated with any policy. */
  private static final Set<String> NEVER_SENT =
      Set.of(
          "connect-failure",
          "refused-stream",
          "reset-before-request",
          "http3-post-connect-failure");

  private RetryTranslator() {}

  static RetryPolicy translate(
      String field, io.envoyproxy.envoy.config.route.v3.RetryPolicy message)
      throws InvalidResource {
    Messages.unsupported(
        field + ".retriable_request_headers", message.getRetriableRequestHeadersCount() > 0);
    Set<Integer> statuses = new HashSet<>();
    Set<Integer> grpcStatuses = new HashSet<>();
    boolean onReset = false;
    for (String condition : message.getRetryOn().split(",")) {
      String name = condition.strip();
      Integer grpcStatus = GRPC.get(name);
      if (grpcStatus != null) {
        grpcStatuses.add(grpcStatus);
      } else if (name.equals("reset")) {
        onReset = true;
      } else if (name.equals("5xx")) {
        // Envoy's 5xx includes "does not respond at all".
        onReset = true;
        for (int status = 500; status <= 599; status++) {
          statuses.add(status);
        }
      } else if (name.equals("gateway-error")) {
        statuses.addAll(Set.of(502, 503, 504));
      } else if (name.equals("retriable-4xx")) {
        statuses.add(409);
      } else if (name.equals("retriable-status-codes")) {
        statuses.addAll(message.getRetriableStatusCodesList());
      } else if (!name.isEmpty() && !NEVER_SENT.contains(name)) {
        throw new InvalidResource(field + ".retry_on: " + name + " is not supported");
      }
    }
    // Envoy's default for num_retries is 1.
    int retries = message.hasNumRetries() ? message.getNumRetries().getValue() : 1;
    if (retries < 0) {
      throw new InvalidResource(
          field + ".num_retries: " + Integer.toUnsignedString(retries) + " (expected: < 2^31)");
    }
    long base = RetryPolicy.DEFAULT_BASE_DELAY_NANOS;
    long max = RetryPolicy.DEFAULT_MAX_DELAY_NANOS;
    if (message.hasRetryBackOff()) {
      var backOff = message.getRetryBackOff();
      base = Messages.nanos(field + ".retry_back_off.base_interval", backOff.getBaseInterval());
      max =
          backOff.hasMaxInterval()
              ? Messages.nanos(field + ".retry_back_off.max_interval", backOff.getMaxInterval())
              : tenTimes(base);
      if (max < base) {
        throw new InvalidResource(
            field + ".retry_back_off.max_interval: below base_interval (expected: at least it)");
      }
    }
    return new RetryPolicy(retries, statuses, grpcStatuses, onReset, base, max);
  }

  /** Envoy's default of {@code max_interval}. */
  private static long tenTimes(long base) {
    return base > Long.MAX_VALUE / 10 ? Long.MAX_VALUE : base * 10;
  }
}
