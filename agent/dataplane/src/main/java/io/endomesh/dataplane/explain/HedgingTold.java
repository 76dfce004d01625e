package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.route.Route;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether the call would be sent once more, and when. Stateless. */
final class HedgingTold {

  private HedgingTold() {}

  /**
   * @param attempt under way
   * @return null if nobody asked for hedging
   */
  static @Nullable Step step(Attempt attempt) {
    Hedging hedging = attempt.cluster().policy().hedging();
    return hedging == null
        ? null
        : new Step("hedging", message(attempt, hedging), hedging.name(), List.of());
  }

  private static String message(Attempt attempt, Hedging hedging) {
    if (attempt.hedgeAfterNanos() == Attempt.NEVER) {
      return "never: " + why(attempt);
    }
    String when =
        "to another endpoint after each "
            + Words.duration(hedging.afterNanos())
            + " without an answer, up to "
            + hedging.maxAttempts()
            + " attempts";
    return attempt.cluster().endpoints().size() > 1 ? when : when + "; there is no other now";
  }

  private static String why(Attempt attempt) {
    Route route = Objects.requireNonNull(attempt.call().route());
    return route.policy().persistence() == null
        ? attempt.call().request().method() + " is not idempotent"
        : "calls of a session belong to one endpoint";
  }
}
