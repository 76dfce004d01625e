package io.endomesh.dataplane.explain;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.GradientLimit;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.limit.Urgency;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ExplainerTest {

  private static final String STOREFRONT = "spiffe://td/ns/shop/sa/storefront";
  private static final String ORDERS = "spiffe://td/ns/shop/sa/orders";

  private final FakeClock clock = new FakeClock();

  private final Endpoint v1 = TestMesh.endpoint(1);
  private final Endpoint v2 = TestMesh.endpoint(2);

  @Test
  void explain_unknownHost_passesThrough() {
    Explanation explanation = explain(Map.of(), null, Callees.UNKNOWN, "/");

    assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.PASSES_THROUGH);
    assertThat(explanation.verdict().message()).contains("does not know orders");
  }

  @Test
  void explain_rulesPassedOver_saysWhichPartOfEach() {
    VirtualHost host =
        host(
            route(0, new PathMatch.SegmentPrefix("/cart"), null, List.of(), v1),
            route(1, new PathMatch.Prefix("/"), "POST", List.of(), v1),
            route(
                2,
                new PathMatch.Prefix("/"),
                null,
                List.of(new RouteMatch.HeaderMatch("x-user", new StringMatch.Exact("b"))),
                v1),
            route(3, new PathMatch.Prefix("/"), null, List.of(), v2),
            route(4, new PathMatch.Prefix("/api"), null, List.of(), v1));

    Step step = step(explain(Map.of("orders", host), null, Callees.UNKNOWN, "/api/1"), "route");

    assertThat(step.decidedBy()).isEqualTo("rule 3");
    assertThat(step.candidates())
        .extracting(Candidate::why)
        .containsExactly(
            "path: /api/1 (expected: /cart or below)",
            "method: GET (expected: POST)",
            "header x-user: a (expected: b)",
            "the first that matches",
            "matches too, and comes later");
  }

  @Test
  void explain_noRule_isAnsweredAsTheCallIs() {
    VirtualHost host = host(route(0, new PathMatch.Exact("/cart"), null, List.of(), v1));

    Explanation explanation = explain(Map.of("orders", host), null, Callees.UNKNOWN, "/api");

    assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.ANSWERED);
    assertThat(explanation.verdict().status()).isEqualTo(404);
    assertThat(explanation.verdict().message()).isEqualTo("no route of orders.shop matches /api");
  }

  @Test
  void explain_split_tellsEachSideWithItsShare() {
    VirtualHost host =
        host(
            new Route(
                "rule 0",
                RouteMatch.ANY,
                new RouteAction.Forward(
                    WeightedClusters.of(
                        List.of(
                            new WeightedClusters.Target(TestMesh.cluster("one", v1), 90),
                            new WeightedClusters.Target(TestMesh.cluster("two"), 10),
                            new WeightedClusters.Target(TestMesh.cluster("three", v2), 0))),
                    null,
                    List.of()),
                RoutePolicy.DEFAULT));

    Explanation explanation = explain(Map.of("orders", host), null, Callees.UNKNOWN, "/");

    assertThat(step(explanation, "cluster").candidates())
        .extracting(Candidate::why)
        .containsExactly("90 %", "10 %", "weight 0");
    assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.DEPENDS);
    assertThat(explanation.branches())
        .extracting(branch -> branch.cluster() + " " + branch.verdict().kind())
        .containsExactly("one SENT", "two ANSWERED");
    assertThat(explanation.branches().get(1).verdict().message())
        .isEqualTo("no endpoint of two to send to");
  }

  @Test
  void explain_endpointTakenOut_saysWhy() {
    v2.load().rest(1_000_000_000, clock.getAsLong());
    VirtualHost host = host(TestMesh.route(TestMesh.cluster("one", v1, v2)));

    Step step = branchStep(explain(Map.of("orders", host), null, Callees.UNKNOWN, "/"), "endpoint");

    assertThat(step.candidates())
        .containsExactly(
            new Candidate("127.0.0.1:1", true, "all calls"),
            new Candidate(
                "127.0.0.1:2",
                false,
                "it refused a connection or asked for a rest; others are preferred"));
  }

  @Test
  void explain_hedging_saysWhenAndIfTheCallWouldBeSentAgain() {
    Hedging hedging = new Hedging("ResiliencePolicy/shop/orders", 50_000_000, 3);
    ClusterPolicy policy =
        new ClusterPolicy(null, Balancing.DEFAULT, Limits.DEFAULT, null, 50, false, null, hedging);
    VirtualHost host = host(TestMesh.route(TestMesh.cluster("one", policy, v1, v2)));
    VirtualHost alone = host(TestMesh.route(TestMesh.cluster("one", policy, v1)));
    VirtualHost session =
        host(
            TestMesh.route(
                TestMesh.cluster("one", policy, v1, v2),
                RoutePolicy.DEFAULT.withStickiness(
                    List.of(),
                    new SessionPersistence(SessionPersistence.Type.HEADER, "x-session", 0))));

    Step step = hedging(host, "GET");
    assertThat(step.message())
        .isEqualTo("to another endpoint after each 50 ms without an answer, up to 3 attempts");
    assertThat(step.decidedBy()).isEqualTo("ResiliencePolicy/shop/orders");
    assertThat(hedging(alone, "GET").message()).endsWith("; there is no other now");
    assertThat(hedging(host, "POST").message()).isEqualTo("never: POST is not idempotent");
    assertThat(hedging(session, "GET").message())
        .isEqualTo("never: calls of a session belong to one endpoint");
  }

  private Step hedging(VirtualHost host, String method) {
    ExplainedRequest request =
        new ExplainedRequest(Protocol.HTTP, method, "http", "orders", "/", Map.of());
    Explanation explanation =
        new Explainer(
                TestMesh.WORKLOAD,
                null,
                new Snapshot(1, Map.of("orders", host), Inbound.OPEN, null),
                Callees.UNKNOWN,
                clock,
                clock)
            .explain(request);
    return branchStep(explanation, "hedging");
  }

  @Test
  void explain_changedMessage_arrivesAsItIsSent() {
    Route route =
        TestMesh.route(
            TestMesh.cluster("one", v1),
            RoutePolicy.DEFAULT.withHeaders(
                new HeaderChanges(
                    List.of(new HeaderChanges.Header("x-team", "web")),
                    List.of(),
                    List.of("x-user")),
                HeaderChanges.NONE));
    Inbound.Port rules =
        new Inbound.Port(
            Inbound.TlsMode.DISABLE,
            new Authorization(
                List.of(),
                List.of(
                    policy(
                        Condition.ANY,
                        new Condition.Header("x-team", new StringMatch.Exact("web"))))));

    Explanation explanation = explain(Map.of("orders", host(route)), null, at(rules), "/");

    assertThat(branchStep(explanation, "message").candidates())
        .containsExactly(
            new Candidate("header x-team", true, "web"),
            new Candidate("header x-user", true, "removed"));
    assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.SENT);
  }

  @Test
  void explain_calleeRefuses_namesThePolicyAndWhatItExpected() {
    Identity storefront = new TestAuthority().identity(STOREFRONT);
    Cluster cluster = TestMesh.cluster("one", TestMesh.endpoint(1, ORDERS));
    Inbound.Port rules =
        new Inbound.Port(
            Inbound.TlsMode.STRICT,
            new Authorization(
                List.of(),
                List.of(
                    policy(new Condition.Caller(new StringMatch.Exact(ORDERS)), Condition.ANY))));

    Explanation explanation =
        explain(Map.of("orders", host(TestMesh.route(cluster))), storefront, at(rules), "/charge");

    assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.REFUSED);
    assertThat(explanation.verdict().status()).isEqualTo(403);
    assertThat(explanation.verdict().decidedBy()).isEqualTo("only-orders");
    assertThat(branchStep(explanation, "authorization").candidates())
        .containsExactly(
            new Candidate(
                "only-orders",
                false,
                "ALLOW, and rule 0 is for other callers (expected: " + ORDERS + ")"));
    assertThat(branchStep(explanation, "identity").message()).contains(ORDERS);
  }

  @Test
  void explain_plaintextToStrictServer_isRefused() {
    Inbound.Port rules = new Inbound.Port(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL);

    Explanation explanation =
        explain(
            Map.of("orders", host(TestMesh.route(TestMesh.cluster("one", v1)))),
            null,
            at(rules),
            "/");

    assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.REFUSED);
    assertThat(explanation.verdict().decidedBy()).isEqualTo("tls");
  }

  @Test
  void explain_calleeWithLimits_saysWhichCountUnderWhichKey() {
    Identity storefront = new TestAuthority().identity(STOREFRONT);
    Cluster cluster = TestMesh.cluster("one", TestMesh.endpoint(1, ORDERS));
    Rate rate = new Rate(10, 1_000_000_000, 20);
    Condition others = new Condition.Caller(new StringMatch.Exact(ORDERS));
    Inbound.Port rules =
        new Inbound.Port(Inbound.TlsMode.STRICT, Authorization.ALLOW_ALL)
            .limitedBy(
                new RateLimits(
                    List.of(
                        limit("all", Condition.ANY, new LimitKey.None(), rate),
                        limit("each", Condition.ANY, new LimitKey.Caller(), rate),
                        limit("user", Condition.ANY, new LimitKey.Header("x-user"), rate),
                        limit("tenant", Condition.ANY, new LimitKey.Header("x-tenant"), rate),
                        limit("orders", others, new LimitKey.Caller(), rate))));
    Map<String, VirtualHost> hosts = Map.of("orders", host(TestMesh.route(cluster)));

    // However often it is asked: to ask is not to call.
    for (int i = 0; i < 30; i++) {
      Explanation explanation = explain(hosts, storefront, at(rules), "/");
      assertThat(explanation.verdict().kind()).isEqualTo(Verdict.Kind.SENT);
      assertThat(branchStep(explanation, "rate limit").candidates())
          .extracting(Candidate::why)
          .containsExactly(
              rate + ", shared by all callers",
              rate + ", for caller " + STOREFRONT,
              rate + ", for header x-user a",
              rate + ", shared by all calls without header x-tenant",
              "for other calls (expected: " + ORDERS + ")");
    }
  }

  @Test
  void explain_calleeWithOverloadPolicy_saysHowUrgentTheCallIs() {
    Identity storefront = new TestAuthority().identity(STOREFRONT);
    Cluster cluster = TestMesh.cluster("one", TestMesh.endpoint(1, ORDERS));
    Map<String, VirtualHost> hosts = Map.of("orders", host(TestMesh.route(cluster)));
    List<Urgency.CallerClass> batchLast = List.of(new Urgency.CallerClass("spiffe://td/ns/b/", 6));
    List<Urgency.CallerClass> usFirst = List.of(new Urgency.CallerClass(STOREFRONT, 1));

    Step byHeader =
        branchStep(explain(hosts, storefront, at(guarded("x-user", batchLast)), "/"), "overload");
    assertThat(byHeader.decidedBy()).isEqualTo("OverloadPolicy/shop/orders");
    assertThat(byHeader.message())
        .isEqualTo(
            "urgency 3 of 0 to 7: may fill 100 % of the calls that each workload lets run at a"
                + " time, 3 to 1000");
    assertThat(byHeader.candidates())
        .containsExactly(
            new Candidate("callers spiffe://td/ns/b/", false, "urgency 6, for other callers"),
            new Candidate("header x-user", true, "a"));

    Step byCaller =
        branchStep(explain(hosts, storefront, at(guarded("x-user", usFirst)), "/"), "overload");
    assertThat(byCaller.message()).startsWith("urgency 1 of 0 to 7: may fill 120 %");
    assertThat(byCaller.candidates())
        .containsExactly(
            new Candidate("callers " + STOREFRONT, true, "urgency 1"),
            new Candidate("header x-user", false, "the caller decides"));
  }

  @Test
  void explain_calleeRefuses_saysNothingOfItsLimits() {
    Inbound.Port rules =
        guarded(null, List.of())
            .limitedBy(
                new RateLimits(
                    List.of(
                        limit(
                            "all",
                            Condition.ANY,
                            new LimitKey.None(),
                            new Rate(1, 1_000_000_000, 1)))));
    Inbound.Port closed =
        new Inbound.Port(
                rules.tlsMode(),
                new Authorization(List.of(), List.of(new Policy("nobody", List.of()))),
                rules.cors())
            .limitedBy(rules.rateLimits())
            .guardedBy(rules.overload());

    Explanation explanation =
        explain(
            Map.of("orders", host(TestMesh.route(TestMesh.cluster("one", v1)))),
            null,
            at(closed),
            "/");

    assertThat(explanation.verdict().status()).isEqualTo(403);
    assertThat(explanation.branches().get(0).steps())
        .extracting(Step::stage)
        .doesNotContain("rate limit", "overload");
  }

  private RateLimits.Counted limit(String name, Condition match, LimitKey key, Rate rate) {
    RateLimit limit =
        new RateLimit("RateLimitPolicy/shop/orders", name, match, key, rate, /* maxKeys= */ 16);
    return new RateLimits.Counted(limit, limit.newBuckets(clock.getAsLong()));
  }

  private Inbound.Port guarded(@Nullable String header, List<Urgency.CallerClass> callers) {
    Concurrency bounds =
        new Concurrency(
            Concurrency.DEFAULT_MIN,
            Concurrency.DEFAULT_MAX,
            Concurrency.DEFAULT_PERCENTILE,
            1_000_000_000,
            60_000_000_000L,
            Concurrency.DEFAULT_JITTER_PERCENT,
            Concurrency.DEFAULT_MEASURE_CALLS,
            Concurrency.DEFAULT_BUFFER_PERCENT);
    return new Inbound.Port(Inbound.TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)
        .guardedBy(
            new Overload(
                "OverloadPolicy/shop/orders",
                new Urgency(header, callers),
                new GradientLimit(bounds, clock.getAsLong())));
  }

  @Test
  void explain_leavesNothingInFlight() {
    Cluster cluster = TestMesh.cluster("one", v1);

    explain(Map.of("orders", host(TestMesh.route(cluster))), null, Callees.UNKNOWN, "/");

    assertThat(v1.load().inFlight()).isZero();
    assertThat(cluster.load().active()).isZero();
  }

  private static Policy policy(Condition who, Condition what) {
    return new Policy("only-orders", List.of(new Policy.Rule(who, what)));
  }

  private static Callees at(Inbound.Port rules) {
    return endpoint -> new Callee("orders-1", "", 8080, rules);
  }

  private Explanation explain(
      Map<String, VirtualHost> hosts, @Nullable Identity identity, Callees callees, String target) {
    return new Explainer(
            TestMesh.WORKLOAD,
            "127.0.0.1",
            new Snapshot(1, hosts, Inbound.OPEN, identity),
            callees,
            clock,
            clock)
        .explain(
            new ExplainedRequest(
                Protocol.HTTP, "GET", "http", "orders", target, Map.of("X-User", List.of("a"))));
  }

  private static VirtualHost host(Route... routes) {
    return new VirtualHost("orders.shop", List.of(routes));
  }

  private static Route route(
      int number,
      PathMatch path,
      @Nullable String method,
      List<RouteMatch.HeaderMatch> headers,
      Endpoint endpoint) {
    return Route.to(
        "rule " + number,
        new RouteMatch(path, method, headers, List.of()),
        WeightedClusters.of(TestMesh.cluster("c" + number, endpoint)),
        RoutePolicy.DEFAULT);
  }

  private static Step step(Explanation explanation, String stage) {
    return find(explanation.steps(), stage);
  }

  private static Step branchStep(Explanation explanation, String stage) {
    return find(explanation.branches().get(0).steps(), stage);
  }

  private static Step find(List<Step> steps, String stage) {
    return steps.stream().filter(step -> step.stage().equals(stage)).findFirst().orElseThrow();
  }
}
