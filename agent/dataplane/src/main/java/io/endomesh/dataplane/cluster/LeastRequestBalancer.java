package io.endomesh.dataplane.cluster;

import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Power of N choices: of N endpoints at random, the one with the fewest calls in flight for its
 * weight (Mitzenmacher, The Power of Two Choices, 2001).
 */
final class LeastRequestBalancer extends Balancer {

  private final int choices;
  private final @Nullable SlowStart slowStart;

  LeastRequestBalancer(Endpoint[] endpoints, int choices, @Nullable SlowStart slowStart) {
    super(endpoints);
    this.choices = choices;
    this.slowStart = slowStart;
  }

  @Override
  Endpoint propose(long hash, int draw, long nowNanos) {
    int n = endpoints.length;
    if (n == 1) {
      return endpoints[0];
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int a = random.nextInt(n);
    // The second one is never the first again: with two endpoints both are looked at.
    int b = random.nextInt(n - 1);
    Endpoint best = better(endpoints[a], endpoints[b >= a ? b + 1 : b], nowNanos);
    for (int i = 2; i < choices; i++) {
      best = better(best, endpoints[random.nextInt(n)], nowNanos);
    }
    return best;
  }

  private Endpoint better(Endpoint first, Endpoint second, long nowNanos) {
    SlowStart slow = slowStart;
    if (slow == null) {
      // inFlight / weight compared without division.
      long one = (first.load().inFlight() + 1L) * second.weight();
      long two = (second.load().inFlight() + 1L) * first.weight();
      return one <= two ? first : second;
    }
    double one =
        (first.load().inFlight() + 1) / (first.weight() * slow.factor(first, nowNanos));
    double two =
        (second.load().inFlight() + 1) / (second.weight() * slow.factor(second, nowNanos));
    return one <= two ? first : second;
  }
}
