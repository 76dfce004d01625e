package io.endomesh.dataplane.cluster;

import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one service, or of one version of it (Envoy {@code Cluster} with its {@code
 * ClusterLoadAssignment}). Immutable, save for the loads; {@link #pick} allocates nothing.
 */
public final class Cluster {

  /** How often a pick is drawn again when it hits a tried endpoint; Istio's host selection, 5. */
  private static final int MAX_DRAWS = 5;

  private final String name;
  private final String service;
  private final Endpoint[] endpoints;
  private final RetryBudget budget;

  /**
   * @param name of the xDS resource
   * @param service {@code orders.default}, for telemetry
   * @param budget shared with the cluster of the same name in earlier snapshots
   */
  public Cluster(String name, String service, List<Endpoint> endpoints, RetryBudget budget) {
    this.name = name;
    this.service = service;
    this.endpoints = endpoints.toArray(Endpoint[]::new);
    this.budget = budget;
  }

  public String name() {
    return name;
  }

  public String service() {
    return service;
  }

  public List<Endpoint> endpoints() {
    return List.of(endpoints);
  }

  public RetryBudget budget() {
    return budget;
  }

  /**
   * Power of two choices: of two endpoints at random, the one with fewer calls in flight per weight
   * (Envoy least request, {@code choice_count} 2; Mitzenmacher 2001). Endpoints that were tried or
   * just refused a connection are drawn again, a few times; if nothing better exists, one that this
   * call has not tried is used, and else any.
   *
   * @return null only if there is no endpoint at all
   */
  public @Nullable Endpoint pick(Endpoint[] tried, long nowNanos) {
    int n = endpoints.length;
    if (n == 0) {
      return null;
    }
    if (n == 1) {
      return endpoints[0];
    }
    ThreadLocalRandom random = ThreadLocalRandom.current();
    Endpoint picked = draw(random, n);
    for (int i = 0; i < MAX_DRAWS; i++) {
      if (!picked.load().avoidedAt(nowNanos) && !contains(tried, picked)) {
        return picked;
      }
      picked = draw(random, n);
    }
    return leastBad(random.nextInt(n), tried, nowNanos);
  }

  private Endpoint draw(ThreadLocalRandom random, int n) {
    int a = random.nextInt(n);
    int b = random.nextInt(n - 1);
    if (b >= a) {
      b++;
    }
    Endpoint first = endpoints[a];
    Endpoint second = endpoints[b];
    // inFlight / weight compared without division.
    long one = (first.load().inFlight() + 1L) * second.weight();
    long two = (second.load().inFlight() + 1L) * first.weight();
    return one <= two ? first : second;
  }

  /** Looks at all, from a random one on, so that no endpoint is favoured by its place. */
  private Endpoint leastBad(int from, Endpoint[] tried, long nowNanos) {
    Endpoint untried = null;
    for (int i = 0; i < endpoints.length; i++) {
      Endpoint endpoint = endpoints[(from + i) % endpoints.length];
      if (!contains(tried, endpoint)) {
        if (!endpoint.load().avoidedAt(nowNanos)) {
          return endpoint;
        }
        untried = endpoint;
      }
    }
    return untried != null ? untried : endpoints[from];
  }

  private static boolean contains(Endpoint[] tried, Endpoint endpoint) {
    for (Endpoint other : tried) {
      if (other == endpoint) {
        return true;
      }
    }
    return false;
  }
}
