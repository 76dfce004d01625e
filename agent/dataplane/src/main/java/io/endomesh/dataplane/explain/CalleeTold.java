package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.limit.GlobalLimits;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What the servers at the endpoints decide, each asked through the inbound pipeline of a mesh with
 * its rules. Those that decide alike are told once. Not thread-safe.
 */
final class CalleeTold {

  private final ExplainedRequest request;
  private final @Nullable String caller;
  private final @Nullable String callerAddress;
  private final Callees callees;
  private final LongSupplier nanoTime;
  private final Set<Verdict> verdicts = new LinkedHashSet<>();

  /**
   * @param caller SPIFFE id it proves where TLS is used; null if it has none
   */
  CalleeTold(
      ExplainedRequest request,
      @Nullable String caller,
      @Nullable String callerAddress,
      Callees callees,
      LongSupplier nanoTime) {
    this.request = request;
    this.caller = caller;
    this.callerAddress = callerAddress;
    this.callees = callees;
    this.nanoTime = nanoTime;
  }

  /** Of all endpoints told so far. */
  Verdict verdict() {
    if (verdicts.size() == 1) {
      return verdicts.iterator().next();
    }
    List<String> messages = verdicts.stream().map(Verdict::message).toList();
    return Verdict.of(
        Verdict.Kind.DEPENDS, "it depends on the endpoint: " + String.join("; ", messages));
  }

  List<Step> steps(List<Endpoint> endpoints) {
    List<Step> steps = new ArrayList<>();
    steps.add(identity(endpoints));
    Map<Step, List<String>> alike = new LinkedHashMap<>();
    List<Candidate> workloads = new ArrayList<>();
    Set<Step> limits = new LinkedHashSet<>();
    for (Endpoint endpoint : endpoints) {
      Callee callee = callees.at(endpoint);
      if (callee == null) {
        verdicts.add(Verdict.of(Verdict.Kind.SENT, "the call is sent, out of the mesh's reach"));
        continue;
      }
      if (!callee.state().isEmpty()) {
        workloads.add(
            new Candidate(callee.name() + " at " + endpoint.hostAndPort(), true, callee.state()));
      }
      alike
          .computeIfAbsent(authorization(endpoint, callee), none -> new ArrayList<>())
          .add(callee.name());
      limits.addAll(limits(endpoint, callee));
    }
    if (!workloads.isEmpty()) {
      steps.add(new Step("workload", "who is there", null, workloads));
    }
    alike.forEach(
        (step, names) ->
            steps.add(
                alike.size() == 1
                    ? step
                    : new Step(
                        step.stage(),
                        String.join(", ", names) + ": " + step.message(),
                        step.decidedBy(),
                        step.candidates())));
    steps.addAll(limits);
    return steps;
  }

  private static Step identity(List<Endpoint> endpoints) {
    TreeSet<String> expected = new TreeSet<>();
    boolean plaintext = false;
    for (Endpoint endpoint : endpoints) {
      if (endpoint.identity() == null) {
        plaintext = true;
      } else {
        expected.add(endpoint.identity());
      }
    }
    String tls = "mutual TLS; the server must be " + String.join(" or ", expected);
    return Step.of(
        "identity",
        expected.isEmpty()
            ? "plaintext: the server takes no TLS of the mesh"
            : plaintext ? tls + "; plaintext to those that take no TLS of the mesh" : tls);
  }

  private Step authorization(Endpoint endpoint, Callee callee) {
    String proved = endpoint.identity() == null ? null : caller;
    if (proved == null && callee.rules().tlsMode() == Inbound.TlsMode.STRICT) {
      String message = "refused: the server takes mutual TLS only (STRICT)";
      verdicts.add(
          new Verdict(Verdict.Kind.REFUSED, 0, -1, "tls", "the connection is refused: STRICT"));
      return Step.of("authorization", message);
    }
    ArrivedRequest arrived = new ArrivedRequest(request, proved, callerAddress, callee.port());
    Reply refusal = refusal(callee, arrived);
    List<Candidate> policies = policies(callee.rules().authorization(), arrived, proved);
    if (refusal != null) {
      // A server also answers for the mesh where nothing is refused: browsers that ask first
      // (CORS).
      boolean refused = refusal.status() >= FIRST_ERROR;
      verdicts.add(Verdict.of(refused ? Verdict.Kind.REFUSED : Verdict.Kind.ANSWERED, refusal));
      return new Step("authorization", refusal.message(), refusal.decidedBy(), policies);
    }
    verdicts.add(Verdict.of(Verdict.Kind.SENT, "the application answers"));
    return new Step(
        "authorization",
        policies.isEmpty() ? "no policy: everybody may call" : "permitted",
        policies.stream()
            .filter(Candidate::taken)
            .map(Candidate::name)
            .reduce((first, second) -> second)
            .orElse(null),
        policies);
  }

  /** RFC 9110, 15.5. */
  private static final int FIRST_ERROR = 400;

  /** Which limits count the call; how far each is used up only who counts knows. */
  private List<Step> limits(Endpoint endpoint, Callee callee) {
    RateLimits limits = callee.rules().rateLimits();
    String proved = endpoint.identity() == null ? null : caller;
    ArrivedRequest arrived = new ArrivedRequest(request, proved, callerAddress, callee.port());
    List<Candidate> local = new ArrayList<>();
    for (RateLimits.Counted counted : limits.counted()) {
      RateLimit limit = counted.limit();
      local.add(
          limit(
              limit.policy(),
              limit.name(),
              limit.match(),
              limit.rate().toString(),
              arrived,
              proved));
    }
    List<Candidate> global = new ArrayList<>();
    for (GlobalLimits asked : limits.global()) {
      for (GlobalPolicy.Limit limit : asked.policy().limits()) {
        global.add(
            limit(
                asked.policy().name(), limit.name(), limit.match(), limit.rate(), arrived, proved));
      }
    }
    List<Step> steps = new ArrayList<>();
    if (!local.isEmpty()) {
      steps.add(new Step("rate limit", "counted by each workload for itself", null, local));
    }
    if (!global.isEmpty()) {
      steps.add(new Step("rate limit", "counted for all instances together", null, global));
    }
    return steps;
  }

  private Candidate limit(
      String policy,
      String name,
      Condition match,
      String rate,
      ArrivedRequest arrived,
      @Nullable String proved) {
    boolean counts = match.matches(arrived, proved, callerAddress);
    return new Candidate(
        policy + " " + name,
        counts,
        counts ? rate : "for other calls (expected: " + Words.condition(match) + ")");
  }

  private @Nullable Reply refusal(Callee callee, ArrivedRequest arrived) {
    Mesh server = new Mesh(new Workload("", "", callee.name(), Map.of()), nanoTime, CLOCK);
    server.publish(
        new Snapshot(
            1, Map.of(), new Inbound(Map.of(callee.port(), callee.rules()), callee.rules()), null));
    InboundCall call = server.serve(arrived);
    Reply refusal = call.refusal();
    call.ended(refusal == null ? 0 : refusal.status(), Outcome.NOT_GRPC, null);
    return refusal;
  }

  private static final Clock CLOCK = Clock.systemUTC();

  private List<Candidate> policies(
      Authorization authorization, ArrivedRequest arrived, @Nullable String proved) {
    List<Candidate> candidates = new ArrayList<>();
    for (Policy policy : authorization.deny()) {
      boolean matches = policy.matches(arrived, proved, callerAddress);
      candidates.add(
          new Candidate(
              policy.name(),
              matches,
              matches ? "denies" : "DENY, and " + mismatch(policy, arrived, proved)));
    }
    for (Policy policy : authorization.allow()) {
      boolean matches = policy.matches(arrived, proved, callerAddress);
      candidates.add(
          new Candidate(
              policy.name(),
              matches,
              matches ? "allows" : "ALLOW, and " + mismatch(policy, arrived, proved)));
    }
    return candidates;
  }

  private String mismatch(Policy policy, ArrivedRequest arrived, @Nullable String proved) {
    if (policy.rules().isEmpty()) {
      return "it has no rule, so nothing matches";
    }
    List<String> rules = new ArrayList<>();
    for (int i = 0; i < policy.rules().size(); i++) {
      Policy.Rule rule = policy.rules().get(i);
      boolean who = rule.principal().matches(arrived, proved, callerAddress);
      rules.add(
          "rule "
              + i
              + " is for "
              + (who
                  ? "other requests (expected: " + Words.condition(rule.permission()) + ")"
                  : "other callers (expected: " + Words.condition(rule.principal()) + ")"));
    }
    return String.join(", ", rules);
  }
}
