package io.endomesh.dataplane.cluster;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Power of N choices: of N endpoints at random, the one with the fewest calls in flight for its
 * weight (Mitzenmacher, The Power of Two Choices, 2001). Endpoints are drawn by weight as well, so
 * that a quiet client, which never has two calls in flight, spreads its calls by weight too.
 */
final class LeastRequestBalancer extends Balancer {

  private final int choices;
  private final @Nullable SlowStart slowStart;
  private final WeightedDraw draw;

  LeastRequestBalancer(Endpoint[] endpoints, int choices, @Nullable SlowStart slowStart) {
    super(endpoints);
    this.choices = choices;
    this.slowStart = slowStart;
    this.draw = new WeightedDraw(endpoints);
  }

  @Override
  Endpoint propose(long hash, int draws, long nowNanos) {
    if (endpoints.length == 1) {
      return endpoints[0];
    }
    int first = draw.any();
    Endpoint best = takesPart(endpoints[first], nowNanos) ? endpoints[first] : null;
    // The second one is never the first again: with two endpoints both are looked at.
    for (int i = 1; i < Math.max(2, choices); i++) {
      Endpoint other = endpoints[draw.otherThan(first)];
      if (takesPart(other, nowNanos)) {
        best = best == null ? other : better(best, other);
      }
    }
    return best == null ? endpoints[first] : best;
  }

  /** One that warms up is a choice only as often as its share says. */
  private boolean takesPart(Endpoint endpoint, long nowNanos) {
    SlowStart slow = slowStart;
    if (slow == null) {
      return true;
    }
    double factor = slow.factor(endpoint, nowNanos);
    return factor >= 1 || ThreadLocalRandom.current().nextDouble() < factor;
  }

  /** inFlight / weight compared without division; the one drawn first if they are equal. */
  private static Endpoint better(Endpoint first, Endpoint second) {
    long one = (long) first.load().inFlight() * second.weight();
    long two = (long) second.load().inFlight() * first.weight();
    return one <= two ? first : second;
  }
}
