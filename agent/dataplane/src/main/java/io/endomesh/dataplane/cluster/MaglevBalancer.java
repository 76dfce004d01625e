package io.endomesh.dataplane.cluster;

import java.util.Arrays;
import java.util.Comparator;

/**
 * Consistent hashing in a table: each endpoint fills it in an order of its own, taking turns by
 * weight, until it is full (Eisenbud et al., Maglev, NSDI 2016, 3.4). More even than a ring, one
 * look-up a request; a few more requests move when endpoints change.
 */
final class MaglevBalancer extends Balancer {

  private final Endpoint[] owners;

  /** Which of the owners each entry belongs to. */
  private final int[] table;

  /**
   * @param size a prime, so that each endpoint's order reaches every entry
   */
  MaglevBalancer(Endpoint[] endpoints, int size) {
    super(endpoints);
    table = new int[size];
    Arrays.fill(table, -1);
    // Always in the same order, whatever the order of the list (Envoy sorts too): who takes turns
    // with whom must not change with it.
    Endpoint[] sorted = endpoints.clone();
    Arrays.sort(sorted, Comparator.comparing(Endpoint::hostAndPort));
    owners = sorted;
    int n = sorted.length;
    long[] offset = new long[n];
    long[] skip = new long[n];
    long[] next = new long[n];
    double[] turns = new double[n];
    double heaviest = 0;
    for (int i = 0; i < n; i++) {
      String key = sorted[i].hostAndPort();
      offset[i] = Long.remainderUnsigned(XxHash64.hash(key), size);
      skip[i] = Long.remainderUnsigned(XxHash64.hash(key, 1), size - 1) + 1;
      heaviest = Math.max(heaviest, sorted[i].weight());
    }
    int filled = 0;
    for (long round = 1; filled < size; round++) {
      for (int i = 0; i < n && filled < size; i++) {
        // A lighter endpoint takes a turn only when its weight has added up to one.
        if (round * sorted[i].weight() < turns[i]) {
          continue;
        }
        turns[i] += heaviest;
        int entry = (int) ((offset[i] + skip[i] * next[i]++) % size);
        while (table[entry] >= 0) {
          entry = (int) ((offset[i] + skip[i] * next[i]++) % size);
        }
        table[entry] = i;
        filled++;
      }
    }
  }

  @Override
  Endpoint propose(long hash, int draw, long nowNanos) {
    int entry = (int) Long.remainderUnsigned(hash, table.length);
    // What was turned down leaves the request to another, always the same one.
    return owners[table[(entry + draw) % table.length]];
  }
}
