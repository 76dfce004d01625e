package io.endomesh.dataplane.cluster;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One after the other. With weights the order is that of smooth weighted round robin, worked out
 * beforehand: each endpoint as often as its weight, and spread evenly.
 */
final class RoundRobinBalancer extends Balancer {

  /** Longest order kept; weights that need more are rounded, by less than 1 in 1,000. */
  private static final int MAX_ORDER = 4096;

  private final int[] order;
  private final @Nullable SlowStart slowStart;

  /** Begins anywhere, so that many clients do not all begin with the same endpoint. */
  private final AtomicInteger next = new AtomicInteger(ThreadLocalRandom.current().nextInt());

  RoundRobinBalancer(Endpoint[] endpoints, @Nullable SlowStart slowStart) {
    super(endpoints);
    this.order = order(endpoints);
    this.slowStart = slowStart;
  }

  @Override
  Endpoint propose(long hash, int draw, long nowNanos) {
    Endpoint endpoint = following();
    SlowStart slow = slowStart;
    if (slow != null) {
      double factor = slow.factor(endpoint, nowNanos);
      if (factor < 1 && ThreadLocalRandom.current().nextDouble() >= factor) {
        return following();
      }
    }
    return endpoint;
  }

  private Endpoint following() {
    return endpoints[order[Integer.remainderUnsigned(next.getAndIncrement(), order.length)]];
  }

  private static int[] order(Endpoint[] endpoints) {
    long[] weights = new long[endpoints.length];
    long divisor = 0;
    long sum = 0;
    for (int i = 0; i < weights.length; i++) {
      weights[i] = endpoints[i].weight();
      divisor = gcd(divisor, weights[i]);
      sum += weights[i];
    }
    sum /= divisor;
    for (int i = 0; i < weights.length; i++) {
      weights[i] /= divisor;
      if (sum > MAX_ORDER) {
        weights[i] = Math.max(1, weights[i] * MAX_ORDER / sum);
      }
    }
    return smooth(weights);
  }

  private static int[] smooth(long[] weights) {
    long sum = 0;
    for (long weight : weights) {
      sum += weight;
    }
    int[] order = new int[(int) sum];
    long[] credit = new long[weights.length];
    for (int i = 0; i < order.length; i++) {
      int best = 0;
      for (int j = 0; j < weights.length; j++) {
        credit[j] += weights[j];
        if (credit[j] > credit[best]) {
          best = j;
        }
      }
      credit[best] -= sum;
      order[i] = best;
    }
    return order;
  }

  private static long gcd(long a, long b) {
    return a == 0 ? b : gcd(b % a, a);
  }
}
