package io.endomesh.dataplane.cluster;

import io.endomesh.dataplane.Outcome;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one service, or of one version of it (Envoy {@code Cluster} with its {@code
 * ClusterLoadAssignment}). Immutable, save for the loads; {@link #pick} allocates nothing.
 */
public final class Cluster {

  private final String name;
  private final String service;
  private final List<Endpoint> endpoints;
  private final ClusterPolicy policy;
  private final ClusterLoad load;
  private final Priorities priorities;
  private final @Nullable RetryHistory history;

  /**
   * @param name of the xDS resource
   * @param service {@code orders.default}, for telemetry
   * @param load shared with the cluster of the same name in earlier snapshots
   */
  public Cluster(
      String name,
      String service,
      List<Endpoint> endpoints,
      ClusterPolicy policy,
      ClusterLoad load) {
    this.name = name;
    this.service = service;
    this.endpoints = List.copyOf(LocalityWeights.apply(endpoints, policy));
    this.policy = policy;
    this.load = load;
    this.priorities = Priorities.of(this.endpoints, policy);
    this.history = load.history(policy.limits().constraint());
    takeOver();
  }

  public String name() {
    return name;
  }

  public String service() {
    return service;
  }

  public List<Endpoint> endpoints() {
    return endpoints;
  }

  public ClusterPolicy policy() {
    return policy;
  }

  public ClusterLoad load() {
    return load;
  }

  /** False if so much is in flight that another call would only add to the trouble. */
  public boolean admits() {
    return policy.limits().admits(load);
  }

  /**
   * The breaker's leave for one attempt, to be told how it ended.
   *
   * @return null if the breaker is open
   */
  public Breaker.@Nullable Permit permit(long nowNanos) {
    BreakerState breaker = load.breaker();
    return breaker == null ? Breaker.Permit.FREE : breaker.permit(nowNanos);
  }

  /** True while the breaker is not closed; copies for mirrors are not what tries it again. */
  public boolean isBroken() {
    BreakerState breaker = load.breaker();
    return breaker != null && breaker.isBroken();
  }

  /** A call begins its first attempt here. */
  public void called(long nowNanos) {
    if (history != null) {
      history.called(nowNanos);
    }
  }

  /** False if enough retries are in flight, or were made lately. */
  public boolean permitsRetry(long nowNanos) {
    return history == null ? policy.limits().permitsRetry(load) : history.permits(nowNanos);
  }

  /**
   * The endpoint for the next attempt, by priority, health and the policy's balancing.
   *
   * @param tried by this call already: others are preferred
   * @param hash of the request, see {@link Balancing#byHash}; random otherwise
   * @return null if there is no endpoint, or all are ejected
   */
  public @Nullable Endpoint pick(Endpoint[] tried, long hash, long nowNanos) {
    if (load.ejected() == 0) {
      return priorities.pick(tried, hash, nowNanos, /* someEjected= */ false);
    }
    if (policy.outliers() != null) {
      policy.outliers().sweepIfDue(this, nowNanos);
    }
    return priorities.pick(tried, hash, nowNanos, /* someEjected= */ true);
  }

  /** The endpoint of a session: null if it is gone, ejected, or was tried by this call. */
  public @Nullable Endpoint pickSession(String session, Endpoint[] tried) {
    return priorities.ofSession(session, tried);
  }

  /** True if an attempt after this one would find somebody else who is well. */
  public boolean hasOther(Endpoint than, Endpoint[] tried, long nowNanos) {
    for (int i = 0; i < endpoints.size(); i++) {
      Endpoint endpoint = endpoints.get(i);
      if (endpoint != than
          && !endpoint.load().health().ejected()
          && !endpoint.load().avoidedAt(nowNanos)
          && !Balancer.contains(tried, endpoint)) {
        return true;
      }
    }
    return false;
  }

  /** After an attempt ended. */
  public void outcome(Endpoint endpoint, Outcome outcome, boolean sent, long nowNanos) {
    endpoint.load().outcome(outcome, sent, nowNanos);
    if (policy.outliers() != null) {
      policy.outliers().observe(endpoint, outcome, this, nowNanos);
    }
  }

  /**
   * Endpoints come and go with snapshots, and so do ejected ones among them. Without a policy that
   * ejects there is nobody to readmit them later.
   */
  private void takeOver() {
    synchronized (load) {
      if (policy.outliers() == null) {
        for (Endpoint endpoint : endpoints) {
          if (endpoint.load().health().ejected()) {
            endpoint.load().health().readmit();
          }
        }
      }
      recountEjected();
      load.breaker(policy.breaker());
    }
  }

  /** Under the lock of the load, so that no count overtakes a newer one. */
  void recountEjected() {
    int ejected = 0;
    for (Endpoint endpoint : endpoints) {
      if (endpoint.load().health().ejected()) {
        ejected++;
      }
    }
    load.ejected(ejected);
  }
}
