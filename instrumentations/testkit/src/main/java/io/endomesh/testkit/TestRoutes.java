package io.endomesh.testkit;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.external.Provider;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.GradientLimit;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.limit.Urgency;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.dataplane.token.InvalidToken;
import io.endomesh.dataplane.token.Issuer;
import io.endomesh.dataplane.token.KeySet;
import io.endomesh.dataplane.token.RequestAuthentication;
import io.endomesh.dataplane.token.TestIssuer;
import io.endomesh.weaving.Weaving;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a controller would have told the workload under test: hosts with their routes, its own
 * identity, its rules for callers. Each change is published at once. Not thread-safe.
 */
public final class TestRoutes {

  /** One root for all tests of a JVM. */
  public static final TestAuthority AUTHORITY = new TestAuthority();

  public static final String US = "spiffe://endomesh.local/ns/default/sa/tests";

  private final Map<String, VirtualHost> hosts = new HashMap<>();
  private Inbound inbound = Inbound.OPEN;
  private Identity identity = AUTHORITY.identity(US);
  private long version;

  /** Where a host leads, and by which rules. */
  public record Rules(long timeoutNanos, long attemptTimeoutNanos, RetryPolicy retry) {

    public static final Rules DEFAULT = new Rules(0, 0, RetryPolicy.SAFE);

    public static Rules retrying(int... statuses) {
      Set<Integer> set = new java.util.HashSet<>();
      for (int status : statuses) {
        set.add(status);
      }
      return new Rules(0, 0, new RetryPolicy(4, set, Set.of(), false, 1, 1));
    }

    public static Rules attemptTimeoutMillis(long millis) {
      return new Rules(0, millis * 1_000_000, RetryPolicy.SAFE);
    }
  }

  /** The workload's certificate is followed by another. */
  public void renewIdentity() {
    identity = AUTHORITY.identity(US);
    publish();
  }

  public void host(String authority, Endpoint... endpoints) {
    host(authority, Rules.DEFAULT, endpoints);
  }

  public void host(String authority, Rules rules, Endpoint... endpoints) {
    split(authority, rules, List.of(cluster(authority, endpoints)), List.of(1));
  }

  /** A database with rules for what is executed there. */
  public void database(String authority, DatabasePolicy policy, Endpoint... endpoints) {
    Route route =
        new Route(
            "ServiceEntry/default/" + authority,
            RouteMatch.ANY,
            to(cluster(authority, endpoints)),
            RoutePolicy.DEFAULT);
    hosts.put(authority, new VirtualHost(authority + ".default", List.of(route), policy));
    publish();
  }

  /** A database whose read-only connections go elsewhere, as the controller tells it. */
  public void roles(String authority, Cluster primary, Cluster replicas) {
    byHeader(authority, "endomesh-read-only", replicas, primary);
  }

  /** Calls whose header says {@code true} go one way, all others another. */
  public void byHeader(String authority, String header, Cluster marked, Cluster others) {
    RouteMatch hasHeader =
        new RouteMatch(
            RouteMatch.ANY.path(),
            null,
            List.of(new RouteMatch.HeaderMatch(header, new StringMatch.Exact("true"))),
            List.of());
    hosts.put(
        authority,
        new VirtualHost(
            authority + ".default",
            List.of(
                new Route("marked", hasHeader, to(marked), RoutePolicy.DEFAULT),
                new Route("others", RouteMatch.ANY, to(others), RoutePolicy.DEFAULT))));
    publish();
  }

  public void split(String authority, Rules rules, List<Cluster> clusters, List<Integer> weights) {
    List<WeightedClusters.Target> targets = new ArrayList<>();
    for (int i = 0; i < clusters.size(); i++) {
      targets.add(new WeightedClusters.Target(clusters.get(i), weights.get(i)));
    }
    route(
        authority,
        new RouteAction.Forward(WeightedClusters.of(targets), null, List.of()),
        RoutePolicy.of(rules.timeoutNanos(), rules.attemptTimeoutNanos(), rules.retry()));
  }

  /** All requests to a host, by whatever rules there are. */
  public void route(String authority, RouteAction action, RoutePolicy policy) {
    Route route =
        new Route("HTTPRoute/default/" + authority + " rule 0", RouteMatch.ANY, action, policy);
    hosts.put(authority, new VirtualHost(authority + ".default", List.of(route)));
    publish();
  }

  public void inbound(Inbound inbound) {
    this.inbound = inbound;
    publish();
  }

  /** The policy of {@link #oneCallAnHour}. */
  public static final String LIMIT_POLICY = "RateLimitPolicy/default/once-an-hour";

  /** A port that everybody may call, each caller once an hour. */
  public static Inbound.Port oneCallAnHour(Inbound.TlsMode mode) {
    RateLimit limit =
        new RateLimit(
            LIMIT_POLICY,
            "each",
            Condition.ANY,
            new LimitKey.Caller(),
            new Rate(1, TimeUnit.HOURS.toNanos(1), 1),
            /* maxKeys= */ 16);
    RateLimits limits =
        new RateLimits(
            List.of(new RateLimits.Counted(limit, limit.newBuckets(Weaving.mesh().nanoTime()))));
    return new Inbound.Port(mode, Authorization.ALLOW_ALL).limitedBy(limits);
  }

  /** The policy of {@link #asking}. */
  public static final String CUSTOM_POLICY = "AuthorizationPolicy/default/ask";

  /** A port that asks about all requests, and refuses those about which it gets no answer. */
  public static Inbound.Port asking(CheckServer server) {
    Provider provider =
        new Provider(
            "ExtAuthzProvider/default/opa",
            new GlobalPolicy.Server("opa", "opa.infra:9191"),
            TimeUnit.SECONDS.toNanos(1),
            /* failOpen= */ false,
            /* statusOnError= */ 403,
            null);
    Policy all = new Policy(CUSTOM_POLICY, List.of(new Policy.Rule(Condition.ANY, Condition.ANY)));
    return new Inbound.Port(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)
        .asking(
            new ExternalAuthorization(
                List.of(
                    new ExternalAuthorization.Asked(
                        new CustomPolicies(provider, List.of(all)), server))));
  }

  /** The policy of {@link #withTokens}. */
  public static final String TOKEN_POLICY = "RequestAuthentication/default/people";

  /** Whose tokens {@link #withTokens} takes. */
  public static final TestIssuer ISSUER = TestIssuer.of("key");

  /** Signs with another key of the same name. */
  public static final TestIssuer STRANGER = TestIssuer.of("key");

  private static final String ISSUER_NAME = "https://issuer.example";

  /** A port that looks at tokens. */
  public static Inbound.Port withTokens(Authorization authorization) {
    try {
      Issuer issuer = new Issuer(TOKEN_POLICY, ISSUER_NAME, List.of(), KeySet.of(ISSUER.jwks()));
      return new Inbound.Port(Inbound.TlsMode.PERMISSIVE, authorization)
          .authenticating(new RequestAuthentication(List.of(issuer), /* isRequired= */ false));
    } catch (InvalidToken e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of a token of {@link #withTokens}'s issuer that is good for five minutes. */
  public static String claims(String subject) {
    long end = TimeUnit.MILLISECONDS.toSeconds(System.currentTimeMillis()) + 300;
    return "{\"iss\":\"" + ISSUER_NAME + "\",\"sub\":\"" + subject + "\",\"exp\":" + end + "}";
  }

  /** Allows those whose token is of this subject, and nobody else. */
  public static Authorization forSubject(String subject) {
    Condition principal =
        new Condition.RequestPrincipal(new StringMatch.Exact(ISSUER_NAME + "/" + subject));
    return new Authorization(
        List.of(),
        List.of(
            new Policy(
                "AuthorizationPolicy/default/people",
                List.of(new Policy.Rule(principal, Condition.ANY)))));
  }

  /** Lets one call run at a time. */
  public static Overload oneAtATime() {
    Concurrency one =
        new Concurrency(
            1,
            1,
            Concurrency.DEFAULT_PERCENTILE,
            TimeUnit.HOURS.toNanos(1),
            TimeUnit.HOURS.toNanos(1),
            Concurrency.DEFAULT_JITTER_PERCENT,
            Concurrency.DEFAULT_MEASURE_CALLS,
            Concurrency.DEFAULT_BUFFER_PERCENT);
    return new Overload(
        "OverloadPolicy/default/one-at-a-time",
        Urgency.NONE,
        new GradientLimit(one, Weaving.mesh().nanoTime()));
  }

  public static Cluster cluster(String name, Endpoint... endpoints) {
    return cluster(name, ClusterPolicy.DEFAULT, endpoints);
  }

  public static Cluster cluster(String name, ClusterPolicy policy, Endpoint... endpoints) {
    return new Cluster(name, name + ".default", List.of(endpoints), policy, new ClusterLoad());
  }

  /** Sends all requests there, as they are. */
  public static RouteAction.Forward to(Cluster cluster) {
    return new RouteAction.Forward(WeightedClusters.of(cluster), null, List.of());
  }

  /**
   * @param identity SPIFFE id it must prove; null for plaintext
   */
  public static Endpoint endpoint(int port, @Nullable String identity) {
    return new Endpoint(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        identity,
        Map.of(),
        1,
        new Load());
  }

  /**
   * @param priority 0 is used first
   */
  public static Endpoint endpoint(int port, int priority) {
    return new Endpoint(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
        null,
        Map.of(),
        1,
        priority,
        new Load());
  }

  public static String spiffeId(String service) {
    return "spiffe://endomesh.local/ns/default/sa/" + service;
  }

  private void publish() {
    Mesh mesh = Weaving.mesh();
    mesh.publish(new Snapshot(++version, hosts, inbound, identity));
  }
}
