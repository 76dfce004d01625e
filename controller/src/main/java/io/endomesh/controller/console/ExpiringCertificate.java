package io.endomesh.controller.console;

import io.endomesh.controller.registry.Workload;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A certificate of which too little is left: at half of its life it should have been followed by
 * another. Immutable.
 *
 * @param severity {@code warning} or {@code error}
 */
record ExpiringCertificate(String severity, String message) {

  /** The agent's own log says so at the same shares. */
  private static final double SOON = 0.25;

  private static final double VERY_SOON = 0.10;

  /** Null if enough is left, or there is none. */
  static @Nullable ExpiringCertificate of(Workload workload, Instant now) {
    Workload.Health health = workload.health();
    Instant end = health.certificateNotAfter();
    if (end == null) {
      return null;
    }
    String why =
        health.renewalProblem().isEmpty()
            ? "; look in its log why it was not renewed"
            : "; it was not renewed: " + health.renewalProblem();
    if (!now.isBefore(end)) {
      return new ExpiringCertificate(
          "error", "the certificate of " + workload.instance() + " ended at " + end + why);
    }
    double left = left(health.certificateNotBefore(), end, now);
    return left >= SOON
        ? null
        : new ExpiringCertificate(
            left < VERY_SOON ? "error" : "warning",
            "the certificate of "
                + workload.instance()
                + " ends at "
                + end
                + ", with "
                + Math.round(left * 100)
                + " % of its life left"
                + why);
  }

  /** Agents that do not say when it began have one for a day. */
  private static double left(@Nullable Instant begin, Instant end, Instant now) {
    Duration life = begin == null ? Duration.ofDays(1) : Duration.between(begin, end);
    return Duration.between(now, end).toMillis() / (double) Math.max(1, life.toMillis());
  }
}
