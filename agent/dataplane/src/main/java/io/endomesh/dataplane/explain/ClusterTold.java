package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is decided at a cluster: limits, and which endpoints get such calls. The shares are those of
 * the cluster's own picks, drawn often, so that every way of balancing tells them itself.
 * Immutable.
 */
final class ClusterTold {

  /** So that a share of one percent is seen ten times. */
  private static final int MIN_DRAWS = 1_000;

  /** Of each endpoint on average, for clusters of many. */
  private static final int DRAWS_PER_ENDPOINT = 50;

  /** A tenth of a second at 1 µs each. */
  private static final int MAX_DRAWS = 100_000;

  private static final Endpoint[] NONE_TRIED = {};

  private final Cluster cluster;
  private final RoutePolicy policy;
  private final ExplainedRequest request;
  private final LongSupplier nanoTime;
  private final Map<Endpoint, Integer> draws = new IdentityHashMap<>();

  /**
   * @param policy of the route that leads there
   */
  ClusterTold(
      Cluster cluster, RoutePolicy policy, ExplainedRequest request, LongSupplier nanoTime) {
    this.cluster = cluster;
    this.policy = policy;
    this.request = request;
    this.nanoTime = nanoTime;
    draw();
  }

  List<Step> steps() {
    List<Step> steps = new ArrayList<>();
    ClusterPolicy rules = cluster.policy();
    if (rules.limits().maxRequests() != Integer.MAX_VALUE) {
      steps.add(
          new Step(
              "admission",
              cluster.load().active()
                  + " calls in flight of "
                  + rules.limits().maxRequests()
                  + " allowed",
              rules.name(),
              List.of()));
    }
    int total = draws.values().stream().mapToInt(Integer::intValue).sum();
    List<Candidate> candidates = new ArrayList<>();
    for (Endpoint endpoint : cluster.endpoints()) {
      int drawn = draws.getOrDefault(endpoint, 0);
      candidates.add(
          new Candidate(
              name(endpoint),
              drawn > 0,
              drawn > 0
                  ? about(100.0 * drawn / total) + state(endpoint)
                  : passedOver(endpoint, nanoTime.getAsLong())));
    }
    steps.add(new Step("endpoint", how(), rules.name(), candidates));
    return steps;
  }

  /** Those that such calls reach, in the cluster's order. */
  List<Endpoint> reached() {
    return cluster.endpoints().stream().filter(draws::containsKey).toList();
  }

  private void draw() {
    Endpoint ofSession = ofSession();
    if (ofSession != null) {
      draws.put(ofSession, 1);
      return;
    }
    // By hash too: while some are ejected, chance draws the priority.
    int times =
        Math.min(MAX_DRAWS, Math.max(MIN_DRAWS, DRAWS_PER_ENDPOINT * cluster.endpoints().size()));
    boolean byHash = Balancing.byHash(cluster.policy().balancing());
    for (int i = 0; i < times; i++) {
      long random = ThreadLocalRandom.current().nextLong();
      long hash = byHash ? HashPolicy.hash(policy.hashPolicies(), request, random) : random;
      Endpoint endpoint = cluster.pick(NONE_TRIED, hash, nanoTime.getAsLong());
      if (endpoint != null) {
        draws.merge(endpoint, 1, Integer::sum);
      }
    }
  }

  private @Nullable Endpoint ofSession() {
    SessionPersistence persistence = policy.persistence();
    String session = persistence == null ? null : persistence.session(request);
    return session == null ? null : cluster.pickSession(session, NONE_TRIED);
  }

  /** The hash is the request's own if it does not follow what is given for want of one. */
  private boolean isHashed() {
    return Balancing.byHash(cluster.policy().balancing())
        && HashPolicy.hash(policy.hashPolicies(), request, 0)
            == HashPolicy.hash(policy.hashPolicies(), request, 1);
  }

  private String how() {
    if (cluster.endpoints().isEmpty()) {
      return "none: nobody serves " + cluster.name();
    }
    if (draws.isEmpty()) {
      return "none: all were ejected after errors";
    }
    if (ofSession() != null) {
      return "the one of the request's session";
    }
    if (Balancing.byHash(cluster.policy().balancing())) {
      return isHashed()
          ? "by the hash of " + Words.hashPolicies(policy.hashPolicies())
          : "by hash, and the request has nothing that is hashed: at random";
    }
    return Words.balancing(cluster.policy().balancing());
  }

  private static String about(double percent) {
    return percent >= 100 ? "all calls" : "about " + Math.max(1, Math.round(percent)) + " %";
  }

  private static String name(Endpoint endpoint) {
    return endpoint.labels().isEmpty()
        ? endpoint.hostAndPort()
        : endpoint.hostAndPort() + " " + new TreeMap<>(endpoint.labels());
  }

  private static String state(Endpoint endpoint) {
    int inFlight = endpoint.load().inFlight();
    String load = inFlight == 0 ? "" : ", " + inFlight + " in flight";
    return endpoint.weight() == 1 ? load : load + ", weight " + endpoint.weight();
  }

  private static String passedOver(Endpoint endpoint, long nowNanos) {
    if (endpoint.load().health().ejected()) {
      return "ejected: " + endpoint.load().health().why();
    }
    if (endpoint.load().avoidedAt(nowNanos)) {
      return "it refused a connection or asked for a rest; others are preferred";
    }
    return endpoint.priority() > 0
        ? "priority " + endpoint.priority() + ": those before it take all calls"
        : "the choice falls on others";
  }
}
