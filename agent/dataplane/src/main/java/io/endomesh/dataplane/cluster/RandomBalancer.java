package io.endomesh.dataplane.cluster;

/** At random, each endpoint as likely as its weight. */
final class RandomBalancer extends Balancer {

  private final WeightedDraw draw;

  RandomBalancer(Endpoint[] endpoints) {
    super(endpoints);
    this.draw = new WeightedDraw(endpoints);
  }

  @Override
  Endpoint propose(long hash, int draws, long nowNanos) {
    return endpoints[draw.any()];
  }
}
