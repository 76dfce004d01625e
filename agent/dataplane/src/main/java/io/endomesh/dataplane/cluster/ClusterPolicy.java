package io.endomesh.dataplane.cluster;

import org.jspecify.annotations.Nullable;

/**
 * The rules by which a cluster chooses endpoints and protects them (Istio {@code DestinationRule},
 * Envoy {@code Cluster}). Immutable.
 *
 * @param name resource it came from, {@code DestinationRule/shop/orders}; null if nobody wrote one
 * @param outliers null ejects nobody
 * @param panicPercent if fewer endpoints of a priority are healthy, ejections are ignored: a few
 *     would not survive the load of all; 0 never ignores them
 * @param localityWeighted true spreads the calls of a priority over its localities by their weights
 *     (Envoy {@code locality_weighted_lb_config}), false over its endpoints as if they were of one
 * @param breaker null never opens
 * @param hedging null sends a call once
 */
public record ClusterPolicy(
    @Nullable String name,
    Balancing balancing,
    Limits limits,
    @Nullable OutlierDetection outliers,
    int panicPercent,
    boolean localityWeighted,
    @Nullable Breaker breaker,
    @Nullable Hedging hedging) {

  /** Envoy {@code healthy_panic_threshold}. */
  public static final int DEFAULT_PANIC_PERCENT = 50;

  public static final ClusterPolicy DEFAULT =
      new ClusterPolicy(null, Balancing.DEFAULT, Limits.DEFAULT, null, DEFAULT_PANIC_PERCENT);

  /** Without weights of localities, breaker and hedging. */
  public ClusterPolicy(
      @Nullable String name,
      Balancing balancing,
      Limits limits,
      @Nullable OutlierDetection outliers,
      int panicPercent) {
    this(name, balancing, limits, outliers, panicPercent, false, null, null);
  }
}
