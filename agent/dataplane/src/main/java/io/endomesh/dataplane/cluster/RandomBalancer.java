package io.endomesh.dataplane.cluster;

import java.util.Arrays;
import java.util.concurrent.ThreadLocalRandom;

/** At random, each endpoint as likely as its weight. */
final class RandomBalancer extends Balancer {

  /** Running sums of the weights; the last is their total. */
  private final long[] upTo;

  RandomBalancer(Endpoint[] endpoints) {
    super(endpoints);
    upTo = new long[endpoints.length];
    long sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      sum += endpoints[i].weight();
      upTo[i] = sum;
    }
  }

  @Override
  Endpoint propose(long hash, int draw, long nowNanos) {
    long point = ThreadLocalRandom.current().nextLong(upTo[upTo.length - 1]);
    int found = Arrays.binarySearch(upTo, point);
    return endpoints[found >= 0 ? found + 1 : -found - 1];
  }
}
