package io.endomesh.dataplane.cluster;

import java.util.concurrent.ThreadLocalRandom;

/** Of two endpoints at random, the one whose next answer is expected sooner. */
final class PeakEwmaBalancer extends Balancer {

  PeakEwmaBalancer(Endpoint[] endpoints) {
    super(endpoints);
  }

  @Override
  Endpoint propose(long hash, int draw, long nowNanos) {
    int n = endpoints.length;
    if (n == 1) {
      return endpoints[0];
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    int a = random.nextInt(n);
    int b = random.nextInt(n - 1);
    Endpoint first = endpoints[a];
    Endpoint second = endpoints[b >= a ? b + 1 : b];
    return cost(first, nowNanos) <= cost(second, nowNanos) ? first : second;
  }

  private static double cost(Endpoint endpoint, long nowNanos) {
    Load load = endpoint.load();
    return load.latency().nanos(nowNanos) * (load.inFlight() + 1) / endpoint.weight();
  }
}
