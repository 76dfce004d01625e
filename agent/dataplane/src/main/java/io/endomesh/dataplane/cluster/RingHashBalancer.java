package io.endomesh.dataplane.cluster;

import java.util.Arrays;

/**
 * Consistent hashing on a ring: each endpoint has many places on it, as many as its weight says,
 * and a request goes to the next one after its hash. An endpoint that leaves only moves its own
 * requests (Ketama; sizes as Envoy's {@code ring_hash_lb.cc} computes them).
 */
final class RingHashBalancer extends Balancer {

  /** Hashes of the places, ascending as unsigned numbers, and the endpoint at each. */
  private final long[] hashes;

  private final int[] owners;

  RingHashBalancer(Endpoint[] endpoints, int minSize, int maxSize) {
    super(endpoints);
    double sum = 0;
    double smallest = Double.MAX_VALUE;
    for (Endpoint endpoint : endpoints) {
      sum += endpoint.weight();
      smallest = Math.min(smallest, endpoint.weight());
    }
    double share = smallest / sum;
    // Whole places for the smallest, so that weights are kept exactly where there is room.
    double scale = Math.min(Math.ceil(share * minSize) / share, maxSize);
    int[] places = new int[endpoints.length];
    int size = 0;
    double target = 0;
    for (int i = 0; i < places.length; i++) {
      target += scale * endpoints[i].weight() / sum;
      places[i] = (int) (Math.ceil(target) - size);
      size += places[i];
    }
    Place[] ring = new Place[size];
    int at = 0;
    for (int i = 0; i < places.length; i++) {
      String address = endpoints[i].hostAndPort();
      for (int place = 0; place < places[i]; place++) {
        ring[at++] = new Place(XxHash64.hash(address + "_" + place), i);
      }
    }
    Arrays.sort(ring, (a, b) -> Long.compareUnsigned(a.hash(), b.hash()));
    hashes = new long[size];
    owners = new int[size];
    for (int i = 0; i < size; i++) {
      hashes[i] = ring[i].hash();
      owners[i] = ring[i].owner();
    }
  }

  private record Place(long hash, int owner) {}

  @Override
  Endpoint propose(long hash, int draw, long nowNanos) {
    int at = firstFrom(hash);
    int owner = owners[at];
    // What was turned down leaves the request to the next endpoint on the ring.
    for (int passed = 0, looked = 0; passed < draw && looked < owners.length; looked++) {
      at = at + 1 == owners.length ? 0 : at + 1;
      if (owners[at] != owner) {
        owner = owners[at];
        passed++;
      }
    }
    return endpoints[owner];
  }

  private int firstFrom(long hash) {
    int low = 0;
    int high = hashes.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Long.compareUnsigned(hashes[middle], hash) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low == hashes.length ? 0 : low;
  }
}
