package io.endomesh.dataplane.explain;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.re2j.Pattern;
import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Pause;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.OutlierDetection;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.HashPolicy;
import io.endomesh.dataplane.route.HeaderChanges;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.dataplane.route.PathRewrite;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.SessionPersistence;
import io.endomesh.dataplane.route.Share;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.UrlRewrite;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whatever the rules: what is explained is what the pipelines do. */
class ExplainerPropertyTest {

  private static final int MESHES = 400;

  /** So often that a way taken by one call in twenty is missed once in 10^8. */
  private static final int CALLS = 400;

  private static final String CALLER = "spiffe://td/ns/shop/sa/web";
  private static final List<String> PATHS = List.of("/", "/a", "/a/b", "/ab", "/b", "/c/d");
  private static final List<String> VALUES = List.of("x", "y", "xy");

  private final FakeClock clock = new FakeClock();

  @Test
  void explain_randomMeshes_tellsAllThatCallsDoAndNothingElse() {
    Set<String> ways = new HashSet<>();
    for (int seed = 0; seed < MESHES; seed++) {
      Random random = new Random(seed);
      VirtualHost host = host(random);
      Inbound.Port rules =
          new Inbound.Port(
              random.nextBoolean() ? Inbound.TlsMode.PERMISSIVE : Inbound.TlsMode.DISABLE,
              authorization(random));
      String path = pick(random, PATHS);
      String method = pick(random, List.of("GET", "POST"));
      Map<String, List<String>> headers = headers(random);

      Explanation explanation = explain(host, rules, method, path, headers);
      Set<String> told = outcomes(explanation);
      Set<String> done = new HashSet<>();
      for (int i = 0; i < CALLS; i++) {
        done.add(outcome(host, rules, method, path, headers));
      }

      assertThat(told)
          .as("seed %d: %s", seed, explanation)
          .containsExactlyInAnyOrderElementsOf(done);
      done.forEach(way -> ways.add(way.replaceAll("^(reply|to).*?( served| refused|$).*", "$1$2")));
      ways.add(done.size() > 1 ? "several" : "one");
    }
    // The meshes are not all alike.
    assertThat(ways)
        .containsExactlyInAnyOrder("reply", "to served", "to refused", "several", "one");
  }

  /** Each way a call ends, in the words that {@link #outcome} uses. */
  private static Set<String> outcomes(Explanation explanation) {
    Set<String> outcomes = new HashSet<>();
    for (Step step : explanation.steps()) {
      if (step.stage().equals("fault")) {
        for (Candidate fault : step.candidates()) {
          if (fault.name().startsWith("abort") && !fault.taken()) {
            outcomes.add(
                "reply " + fault.name().substring("abort with ".length()) + step.decidedBy());
          }
        }
      }
    }
    if (explanation.branches().isEmpty()) {
      Verdict verdict = explanation.verdict();
      outcomes.add(
          verdict.kind() == Verdict.Kind.PASSES_THROUGH
              ? "passes"
              : "reply " + verdict.status() + verdict.decidedBy());
    }
    for (Explanation.Branch branch : explanation.branches()) {
      Verdict verdict = branch.verdict();
      if (verdict.kind() == Verdict.Kind.ANSWERED) {
        outcomes.add("reply " + verdict.status() + verdict.decidedBy());
        continue;
      }
      String sent =
          branch.steps().stream()
              .filter(step -> step.stage().equals("message"))
              .flatMap(step -> step.candidates().stream())
              .filter(change -> change.name().equals("path"))
              .map(change -> change.why().substring(change.why().indexOf('→') + 2))
              .findFirst()
              .orElse("as written");
      for (Step step : branch.steps()) {
        if (step.stage().equals("endpoint")) {
          for (Candidate endpoint : step.candidates()) {
            if (endpoint.taken()) {
              outcomes.add(
                  "to "
                      + branch.cluster()
                      + " "
                      + endpoint.name()
                      + " "
                      + sent
                      + " "
                      + (verdict.kind() == Verdict.Kind.REFUSED
                          ? "refused by " + verdict.decidedBy()
                          : "served"));
            }
          }
        }
      }
    }
    return outcomes;
  }

  /** One call, as an instrumentation makes it, and its arrival. */
  private String outcome(
      VirtualHost host,
      Inbound.Port rules,
      String method,
      String path,
      Map<String, List<String>> headers) {
    Mesh mesh = new Mesh(TestMesh.WORKLOAD, clock, clock);
    mesh.publish(new Snapshot(1, Map.of("orders", host), Inbound.OPEN, null));
    TestRequest request = request(method, "orders", path, headers);
    Call call = mesh.call(request);
    if (call == null) {
      return "passes";
    }
    Decision decision = call.next();
    while (decision instanceof Pause) {
      decision = call.next();
    }
    if (decision instanceof Reply reply) {
      return "reply " + reply.status() + reply.decidedBy();
    }
    Attempt attempt = (Attempt) decision;
    attempt.abandoned(null);
    String target = request.sentTarget();
    Mesh server = new Mesh(TestMesh.WORKLOAD, clock, clock);
    server.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), rules), null));
    TestRequest arrived = request(method, "orders", target == null ? path : target, headers);
    for (String name : List.of("h", "added")) {
      List<String> sent = request.sent(name);
      if (!sent.isEmpty()) {
        arrived.header(name, sent.toArray(String[]::new));
      }
    }
    var served = server.serve(arrived);
    Reply refusal = served.decided();
    served.ended(200, Outcome.NOT_GRPC, null);
    return "to "
        + attempt.cluster().name()
        + " "
        + attempt.endpoint().hostAndPort()
        + " "
        + (target == null ? "as written" : target)
        + " "
        + (refusal == null ? "served" : "refused by " + refusal.decidedBy());
  }

  private static TestRequest request(
      String method, String authority, String path, Map<String, List<String>> headers) {
    TestRequest request =
        method.equals("GET") ? TestRequest.get(authority, path) : TestRequest.post(authority, path);
    headers.forEach((name, values) -> request.header(name, values.toArray(String[]::new)));
    return request;
  }

  private Explanation explain(
      VirtualHost host,
      Inbound.Port rules,
      String method,
      String path,
      Map<String, List<String>> headers) {
    return new Explainer(
            TestMesh.WORKLOAD,
            "127.0.0.1",
            new Snapshot(1, Map.of("orders", host), Inbound.OPEN, null),
            endpoint -> new Callee("orders-1", "", 8080, rules),
            clock,
            clock)
        .explain(new ExplainedRequest(Protocol.HTTP, method, "http", "orders", path, headers));
  }

  private static Map<String, List<String>> headers(Random random) {
    return random.nextBoolean() ? Map.of("h", List.of(pick(random, VALUES))) : Map.of();
  }

  private VirtualHost host(Random random) {
    List<Cluster> clusters =
        List.of(
            cluster(random, "one", 1), cluster(random, "two", 11), cluster(random, "three", 21));
    List<Route> routes = new ArrayList<>();
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      routes.add(
          new Route(
              "HTTPRoute/shop/orders rule " + i,
              i == count - 1 && random.nextBoolean() ? RouteMatch.ANY : match(random),
              action(random, clusters),
              policy(random)));
    }
    return new VirtualHost("orders.shop", routes);
  }

  private static RouteMatch match(Random random) {
    String path = pick(random, PATHS);
    PathMatch pathMatch =
        switch (random.nextInt(4)) {
          case 0 -> new PathMatch.Exact(path);
          case 1 -> new PathMatch.SegmentPrefix(path.equals("/") ? "" : path);
          case 2 -> new PathMatch.Prefix(path);
          default -> new PathMatch.Regex(Pattern.compile(path + ".*"));
        };
    return new RouteMatch(
        pathMatch,
        random.nextInt(4) == 0 ? "GET" : null,
        random.nextInt(3) == 0 ? List.of(new RouteMatch.HeaderMatch("h", text(random))) : List.of(),
        random.nextInt(6) == 0
            ? List.of(new RouteMatch.QueryMatch("q", new StringMatch.Not(text(random))))
            : List.of());
  }

  private static StringMatch text(Random random) {
    String value = pick(random, VALUES);
    return switch (random.nextInt(5)) {
      case 0 -> new StringMatch.Exact(value);
      case 1 -> new StringMatch.Prefix(value);
      case 2 -> new StringMatch.Present();
      case 3 -> new StringMatch.Not(new StringMatch.Exact(value));
      default -> new StringMatch.Suffix(value);
    };
  }

  private static RouteAction action(Random random, List<Cluster> clusters) {
    switch (random.nextInt(8)) {
      case 0:
        return new RouteAction.Respond(418, "no");
      case 1:
        return new RouteAction.Redirect(302, null, "elsewhere", 0, null);
      default:
        List<WeightedClusters.Target> targets = new ArrayList<>();
        int sides = 1 + random.nextInt(3);
        for (int i = 0; i < sides; i++) {
          targets.add(
              new WeightedClusters.Target(
                  clusters.get(i), i == 0 ? 1 + random.nextInt(3) : random.nextInt(3)));
        }
        UrlRewrite rewrite =
            random.nextInt(4) == 0
                ? new UrlRewrite(null, new PathRewrite.Full("/rewritten"))
                : null;
        return new RouteAction.Forward(WeightedClusters.of(targets), rewrite, List.of());
    }
  }

  private static RoutePolicy policy(Random random) {
    RoutePolicy policy = RoutePolicy.DEFAULT;
    if (random.nextInt(4) == 0) {
      Share share = random.nextBoolean() ? Share.ALL : new Share(300_000);
      policy =
          policy.withFault(
              switch (random.nextInt(3)) {
                case 0 -> new Fault(new Fault.Delay(share, 1_000_000), null);
                case 1 -> new Fault(null, new Fault.Abort(share, 503, -1));
                default ->
                    new Fault(new Fault.Delay(share, 1_000_000), new Fault.Abort(share, 429, -1));
              });
    }
    if (random.nextInt(4) == 0) {
      policy =
          policy.withHeaders(
              new HeaderChanges(
                  List.of(new HeaderChanges.Header("h", pick(random, VALUES))),
                  List.of(new HeaderChanges.Header("added", "x")),
                  List.of()),
              HeaderChanges.NONE);
    }
    return policy.withStickiness(
        List.of(new HashPolicy.Header("h")),
        random.nextInt(4) == 0
            ? new SessionPersistence(SessionPersistence.Type.HEADER, "h", 0)
            : null);
  }

  private Cluster cluster(Random random, String name, int firstPort) {
    Balancing balancing =
        switch (random.nextInt(5)) {
          case 0 -> new Balancing.RoundRobin(null);
          case 1 -> new Balancing.Random();
          case 2 -> new Balancing.RingHash(64, 1024);
          case 3 -> new Balancing.Maglev(257);
          default -> Balancing.DEFAULT;
        };
    OutlierDetection outliers =
        new OutlierDetection(1, 0, 0, 10_000_000_000L, 30_000_000_000L, 0, 100, null, null);
    ClusterPolicy policy =
        new ClusterPolicy(
            "DestinationRule/shop/" + name,
            balancing,
            random.nextInt(8) == 0 ? new Limits(1, 0, 20, 3) : Limits.DEFAULT,
            outliers,
            random.nextInt(3) == 0 ? 50 : 0);
    List<Endpoint> endpoints = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      endpoints.add(
          new Endpoint(
              new InetSocketAddress("127.0.0.1", firstPort + i),
              null,
              Map.of(),
              1,
              endpoints.isEmpty() ? 0 : random.nextInt(2),
              new Load()));
    }
    ClusterLoad load = new ClusterLoad();
    Cluster cluster = new Cluster(name, name, endpoints, policy, load);
    for (Endpoint endpoint : endpoints) {
      if (random.nextInt(4) == 0) {
        Outcome failed = new Outcome(500, Outcome.NOT_GRPC, null, 1);
        cluster.outcome(endpoint, failed, /* sent= */ true, clock.getAsLong());
      }
      if (random.nextInt(6) == 0) {
        endpoint.load().rest(1_000_000_000, clock.getAsLong());
      }
    }
    if (random.nextInt(6) == 0) {
      load.begin(false);
    }
    return cluster;
  }

  private static Authorization authorization(Random random) {
    return new Authorization(
        random.nextInt(3) == 0 ? List.of(rule(random, "deny")) : List.of(),
        random.nextInt(3) == 0
            ? List.of(rule(random, "allow-1"), rule(random, "allow-2"))
            : List.of());
  }

  private static Policy rule(Random random, String name) {
    Condition who =
        random.nextInt(3) == 0
            ? new Condition.Caller(new StringMatch.Exact(CALLER))
            : Condition.ANY;
    Condition what =
        switch (random.nextInt(3)) {
          case 0 -> new Condition.Path(new PathMatch.Prefix(pick(random, PATHS)));
          case 1 -> new Condition.Header("h", text(random));
          default -> new Condition.Header("added", new StringMatch.Exact("x"));
        };
    return new Policy(name, List.of(new Policy.Rule(who, what)));
  }

  private static <T> T pick(Random random, List<T> values) {
    return values.get(random.nextInt(values.size()));
  }
}
