package io.endomesh.dataplane.explain;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.DryRun;
import io.endomesh.dataplane.authorize.Observation;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.external.Provider;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.token.AuthenticatedRequest;
import io.endomesh.dataplane.token.Claims;
import io.endomesh.dataplane.token.RequestAuthentication;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
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
    Set<Step> protection = new LinkedHashSet<>();
    int asked = 0;
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
      asked++;
      String proved = endpoint.identity() == null ? null : caller;
      ArrivedRequest arrived = new ArrivedRequest(request, proved, callerAddress, callee.port());
      boolean connects = proved != null || callee.rules().tlsMode() != Inbound.TlsMode.STRICT;
      Reply refusal = connects ? refusal(callee, arrived) : null;
      for (Step step : connects ? decisions(callee, arrived, refusal) : List.of(notConnected())) {
        alike.computeIfAbsent(step, none -> new ArrayList<>()).add(callee.name());
      }
      if (connects && refusal == null) {
        protection.addAll(ProtectionTold.steps(callee.rules(), arrived));
      }
    }
    if (!workloads.isEmpty()) {
      steps.add(new Step("workload", "who is there", null, workloads));
    }
    int all = asked;
    alike.forEach(
        (step, names) ->
            steps.add(
                names.size() == all
                    ? step
                    : new Step(
                        step.stage(),
                        String.join(", ", names) + ": " + step.message(),
                        step.decidedBy(),
                        step.candidates())));
    steps.addAll(protection);
    return steps;
  }

  private static Step identity(List<Endpoint> endpoints) {
    TreeSet<String> expected = new TreeSet<>();
    boolean plaintext = false;
    for (Endpoint endpoint : endpoints) {
      OriginatedTls originated = endpoint.originated();
      if (originated != null) {
        return Step.of(
            "identity",
            begun(originated)
                + " that the mesh begins; the server must be "
                + originated.expected());
      }
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

  private static String begun(OriginatedTls tls) {
    String file = tls.files() == null ? null : tls.files().certificate();
    if (file != null) {
      return "mutual TLS with the certificate in " + file;
    }
    return tls.ownCertificate() ? "mutual TLS" : "TLS";
  }

  private Step notConnected() {
    verdicts.add(
        new Verdict(Verdict.Kind.REFUSED, 0, -1, "tls", "the connection is refused: STRICT"));
    return Step.of("authorization", "refused: the server takes mutual TLS only (STRICT)");
  }

  private List<Step> decisions(Callee callee, ArrivedRequest arrived, @Nullable Reply refusal) {
    RequestAuthentication tokens = callee.rules().authentication();
    if (tokens.isEmpty()) {
      List<Step> steps = external(callee, arrived, arrived.caller());
      steps.add(authorization(callee, arrived, arrived.caller(), refusal));
      return steps;
    }
    AuthenticatedRequest asked =
        new AuthenticatedRequest(arrived, TimeUnit.MILLISECONDS.toSeconds(CLOCK.millis()));
    Reply untrusted = asked.authenticate(tokens);
    Step step = tokens(asked.claims(), untrusted);
    if (untrusted != null && refusal != null) {
      verdicts.add(Verdict.of(Verdict.Kind.REFUSED, refusal));
      return List.of(step);
    }
    List<Step> steps = new ArrayList<>(List.of(step));
    steps.addAll(external(callee, asked, arrived.caller()));
    steps.add(authorization(callee, asked, arrived.caller(), refusal));
    return steps;
  }

  private boolean asked(Callee callee, InboundRequest arrived, @Nullable String proved) {
    for (ExternalAuthorization.Asked asked : callee.rules().external().providers()) {
      if (asked.policies().first(arrived, proved, callerAddress) != null) {
        return true;
      }
    }
    return false;
  }

  /** To ask would be to call somebody: that it would be done is told, not what came of it. */
  private List<Step> external(Callee callee, InboundRequest arrived, @Nullable String proved) {
    List<Step> steps = new ArrayList<>();
    for (ExternalAuthorization.Asked asked : callee.rules().external().providers()) {
      Provider provider = asked.policies().provider();
      String policy = asked.policies().first(arrived, proved, callerAddress);
      List<Candidate> candidates = new ArrayList<>();
      add(candidates, asked.policies().policies(), "asks", "CUSTOM", arrived, proved);
      steps.add(
          new Step(
              "external auth",
              policy == null
                  ? provider.server().authority() + " is not asked about it"
                  : provider.server().authority()
                      + " is asked, and may refuse it; explaining does not ask. Without an answer"
                      + " in "
                      + TimeUnit.NANOSECONDS.toMillis(provider.timeoutNanos())
                      + " ms it is "
                      + (provider.failOpen()
                          ? "let through"
                          : "refused with " + provider.statusOnError()),
              policy == null ? null : provider.name(),
              candidates));
    }
    return steps;
  }

  /** Of a token itself nothing is told. */
  private static Step tokens(Claims claims, @Nullable Reply untrusted) {
    if (untrusted != null) {
      return new Step(TOKENS, untrusted.message(), untrusted.decidedBy(), List.of());
    }
    String policy = claims.policy();
    return policy == null
        ? Step.of(TOKENS, "no token: the request goes on as nobody's")
        : new Step(TOKENS, "the token is accepted", policy, List.of());
  }

  private static final String TOKENS = "token";

  private Step authorization(
      Callee callee, InboundRequest arrived, @Nullable String proved, @Nullable Reply refusal) {
    List<Candidate> policies = policies(callee.rules().authorization(), arrived, proved);
    if (refusal != null) {
      // A server also answers for the mesh where nothing is refused: browsers that ask first
      // (CORS).
      boolean refused = refusal.status() >= FIRST_ERROR;
      verdicts.add(Verdict.of(refused ? Verdict.Kind.REFUSED : Verdict.Kind.ANSWERED, refusal));
      return new Step("authorization", refusal.message(), refusal.decidedBy(), policies);
    }
    verdicts.add(
        Verdict.of(
            Verdict.Kind.SENT,
            "the application answers"
                + (asked(callee, arrived, proved) ? ", if who is asked about it permits" : "")));
    return new Step(
        "authorization",
        permitted(callee.rules().authorization(), arrived, proved),
        policies.stream()
            .filter(Candidate::taken)
            .map(Candidate::name)
            .filter(name -> !isDryRun(callee.rules().authorization(), name))
            .reduce((first, second) -> second)
            .orElse(null),
        policies);
  }

  private String permitted(
      Authorization authorization, InboundRequest arrived, @Nullable String proved) {
    String permitted =
        authorization.deny().isEmpty() && authorization.allow().isEmpty()
            ? "no policy: everybody may call"
            : "permitted";
    Observation observed =
        authorization.observe(arrived, proved, callerAddress, /* permitted= */ true);
    if (observed == null) {
      return permitted;
    }
    return permitted
        + (observed.refusedBy() == null
            ? ""
            : "; " + observed.refusedBy() + " would refuse it, were it no dry run")
        + (observed.auditedBy() == null ? "" : "; " + observed.auditedBy() + " audits it");
  }

  private static boolean isDryRun(Authorization authorization, String name) {
    DryRun dryRun = authorization.dryRun();
    return Stream.of(dryRun.deny(), dryRun.allow(), dryRun.audit())
        .flatMap(List::stream)
        .anyMatch(policy -> policy.name().equals(name));
  }

  /** RFC 9110, 15.5. */
  private static final int FIRST_ERROR = 400;

  /** Without its limits: to ask is not to call, and must not use them up. */
  private @Nullable Reply refusal(Callee callee, ArrivedRequest arrived) {
    Inbound.Port rules = callee.rules();
    Inbound.Port unlimited =
        new Inbound.Port(rules.tlsMode(), rules.authorization(), rules.cors())
            .authenticating(rules.authentication());
    Mesh server = new Mesh(new Workload("", "", callee.name(), Map.of()), nanoTime, CLOCK);
    server.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), unlimited), null));
    InboundCall call = server.serve(arrived);
    Reply refusal = call.decided();
    call.ended(refusal == null ? 0 : refusal.status(), Outcome.NOT_GRPC, null);
    return refusal;
  }

  private static final Clock CLOCK = Clock.systemUTC();

  private List<Candidate> policies(
      Authorization authorization, InboundRequest arrived, @Nullable String proved) {
    List<Candidate> candidates = new ArrayList<>();
    add(candidates, authorization.deny(), "denies", "DENY", arrived, proved);
    add(candidates, authorization.allow(), "allows", "ALLOW", arrived, proved);
    DryRun dryRun = authorization.dryRun();
    add(candidates, dryRun.deny(), "would deny", "DENY in a dry run", arrived, proved);
    add(candidates, dryRun.allow(), "would allow", "ALLOW in a dry run", arrived, proved);
    add(candidates, dryRun.audit(), "audits", "AUDIT", arrived, proved);
    return candidates;
  }

  private void add(
      List<Candidate> candidates,
      List<Policy> policies,
      String does,
      String action,
      InboundRequest arrived,
      @Nullable String proved) {
    for (Policy policy : policies) {
      boolean matches = policy.matches(arrived, proved, callerAddress);
      candidates.add(
          new Candidate(
              policy.name(),
              matches,
              matches ? does : action + ", and " + mismatch(policy, arrived, proved)));
    }
  }

  private String mismatch(Policy policy, InboundRequest arrived, @Nullable String proved) {
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
