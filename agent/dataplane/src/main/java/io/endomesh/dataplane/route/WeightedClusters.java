package io.endomesh.dataplane.route;

import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * Where a route leads: one cluster, or several by weight (Envoy {@code WeightedCluster}).
 * Immutable; {@link #pick} allocates nothing.
 */
public final class WeightedClusters {

  /**
   * Begins the name that stands for a cluster which lets no call of this workload in; what follows
   * is the policy that says so.
   */
  public static final String REFUSED = "refused|";

  /**
   * One side of a split.
   *
   * @param weight 0 gets no calls
   * @param requestHeaders changed on what is sent there, before those of the route
   * @param responseHeaders changed on what comes from there, before those of the route
   * @param absentStatus HTTP status of calls that would go there, because there is no such cluster
   *     (Envoy {@code cluster_not_found_response_code}); 0 if there is
   */
  public record Target(
      Cluster cluster,
      int weight,
      HeaderChanges requestHeaders,
      HeaderChanges responseHeaders,
      int absentStatus) {

    public Target(
        Cluster cluster, int weight, HeaderChanges requestHeaders, HeaderChanges responseHeaders) {
      this(cluster, weight, requestHeaders, responseHeaders, 0);
    }

    /** The policy that lets no call in; null if there is none. */
    public @Nullable String refusedBy() {
      String name = cluster.name();
      return name.startsWith(REFUSED) ? name.substring(REFUSED.length()) : null;
    }

    public Target(Cluster cluster, int weight) {
      this(cluster, weight, HeaderChanges.NONE, HeaderChanges.NONE);
    }
  }

  private final Target[] targets;

  /** Running sums of the weights; the last is their total. */
  private final int[] upTo;

  private WeightedClusters(Target[] targets, int[] upTo) {
    this.targets = targets;
    this.upTo = upTo;
  }

  public static WeightedClusters of(Cluster cluster) {
    return of(List.of(new Target(cluster, 1)));
  }

  /**
   * @throws IllegalArgumentException if a weight is negative, or all are zero
   */
  public static WeightedClusters of(List<Target> targets) {
    int[] upTo = new int[targets.size()];
    int sum = 0;
    for (int i = 0; i < upTo.length; i++) {
      int weight = targets.get(i).weight();
      if (weight < 0) {
        throw new IllegalArgumentException("weight: " + weight + " (expected: >= 0)");
      }
      sum = Math.addExact(sum, weight);
      upTo[i] = sum;
    }
    if (sum == 0) {
      throw new IllegalArgumentException("sum of weights: 0 (expected: > 0)");
    }
    return new WeightedClusters(targets.toArray(Target[]::new), upTo);
  }

  /** A target at random, each as likely as its weight. */
  public Target pick() {
    if (targets.length == 1) {
      return targets[0];
    }
    int point = ThreadLocalRandom.current().nextInt(upTo[upTo.length - 1]);
    int i = 0;
    while (point >= upTo[i]) {
      i++;
    }
    return targets[i];
  }

  /**
   * The target that has the endpoint of a session, so that a session stays on its side of a split
   * (GEP-1619); any other if none has, or its weight is 0.
   *
   * @param tried by this call already
   */
  public Target pick(String session, Endpoint[] tried) {
    for (Target target : targets) {
      if (target.weight() > 0 && target.cluster().pickSession(session, tried) != null) {
        return target;
      }
    }
    return pick();
  }

  public List<Target> targets() {
    return List.of(targets);
  }

  public List<Cluster> clusters() {
    List<Cluster> clusters = new ArrayList<>();
    for (Target target : targets) {
      clusters.add(target.cluster());
    }
    return clusters;
  }
}
