package io.endomesh.dataplane.route;

import io.endomesh.dataplane.cluster.Cluster;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Where a route leads: one cluster, or several by weight (Envoy {@code WeightedCluster}).
 * Immutable; {@link #pick} allocates nothing.
 */
public final class WeightedClusters {

  private final Cluster[] clusters;

  /** Running sums of the weights; the last is their total. */
  private final int[] upTo;

  private WeightedClusters(Cluster[] clusters, int[] upTo) {
    this.clusters = clusters;
    this.upTo = upTo;
  }

  public static WeightedClusters of(Cluster cluster) {
    return new WeightedClusters(new Cluster[] {cluster}, new int[] {1});
  }

  /**
   * @throws IllegalArgumentException if the sizes differ, a weight is negative, or all are zero
   */
  public static WeightedClusters of(List<Cluster> clusters, List<Integer> weights) {
    if (clusters.size() != weights.size()) {
      throw new IllegalArgumentException(
          "weights: " + weights.size() + " (expected: one for each of " + clusters.size() + ")");
    }
    int[] upTo = new int[clusters.size()];
    int sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      int weight = weights.get(i);
      if (weight < 0) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
      }
      sum = Math.addExact(sum, weight);
      upTo[i] = sum;
    }
    if (sum == 0) {
      throw new IllegalArgumentException("sum of weights: 0 (expected: > 0)");
    }
    return new WeightedClusters(clusters.toArray(Cluster[]::new), upTo);
  }

  /** A cluster at random, each as likely as its weight. */
  public Cluster pick() {
    if (clusters.length == 1) {
      return clusters[0];
    }
    int point = ThreadLocalRandom.current().nextInt(upTo[upTo.length - 1]);
    int i = 0;
    while (point >= upTo[i]) {
      i++;
    }
    return clusters[i];
  }

  public List<Cluster> clusters() {
    return List.of(clusters);
  }
}
