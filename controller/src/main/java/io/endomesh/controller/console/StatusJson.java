package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.Version;
import io.endomesh.controller.check.CheckCode;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.telemetry.TelemetryPart;
import io.endomesh.controller.telemetry.TelemetrySink;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.Unreadable;
import io.endomesh.controller.xds.SyncStatus;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** How the controller and the mesh are, and how to join, as JSON. Thread-safe. */
final class StatusJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  static final String AGENT_PATH = "/download/endomesh-agent.jar";

  private final ControllerContext context;
  private final TelemetryPart telemetry;
  private final AgentJar agentJar;
  private final LongSupplier answers;
  private final Supplier<ArrayNode> faults;

  StatusJson(
      ControllerContext context,
      TelemetryPart telemetry,
      AgentJar agentJar,
      LongSupplier answers,
      Supplier<ArrayNode> faults) {
    this.faults = faults;
    this.context = context;
    this.telemetry = telemetry;
    this.agentJar = agentJar;
    this.answers = answers;
  }

  ObjectNode status() {
    MeshModel model = context.model().get();
    Resources resources = context.store().resources();
    Instant now = context.clock().instant();
    Set<String> namespaces = new HashSet<>();
    for (MeshService service : model.services()) {
      namespaces.add(service.key().namespace());
    }
    ObjectNode json =
        JSON.objectNode()
            .put("version", Version.current())
            .put("trustDomain", model.trustDomain())
            .put("now", now.truncatedTo(ChronoUnit.MILLIS).toString())
            .put("startedAt", context.startedAt().truncatedTo(ChronoUnit.MILLIS).toString())
            .put("uptimeSeconds", Duration.between(context.startedAt(), now).toSeconds())
            .put("revision", resources.revision())
            .put("address", address());
    json.putObject("counts")
        .put("services", model.services().size())
        .put("workloads", context.workloads().workloads().size())
        .put("namespaces", namespaces.size())
        .put("resources", resources.all().size());
    json.set("certificateAuthority", AuthorityJson.of(context));
    json.putObject("telemetry")
        .put("metricPoints", telemetry.rollups().pointsTotal())
        .put("spans", telemetry.traces().spansTotal())
        .put("rejectedRequests", telemetry.rejectedRequests())
        .put("evictedTraces", telemetry.traces().evictedTotal());
    json.put("answers", answers.getAsLong());
    json.set("faults", faults.get());
    ArrayNode unreadable = json.putArray("unreadable");
    for (Unreadable one : model.unreadable()) {
      unreadable
          .addObject()
          .put("kind", one.key().kind())
          .put("namespace", one.key().namespace())
          .put("name", one.key().name())
          .put("why", one.why())
          .put("meanwhile", one.meanwhile());
    }
    problems(json.putArray("problems"), now);
    return json;
  }

  private void problems(ArrayNode problems, Instant now) {
    String trouble = context.store().trouble();
    if (trouble != null) {
      problem(problems, CheckCode.EC0403, trouble, "store");
    }
    for (Unreadable unreadable : context.model().get().unreadable()) {
      problem(problems, CheckCode.EC0101, unreadable.told(), unreadable.key().toString());
    }
    for (SyncStatus.Node node : context.syncStatus().nodes()) {
      SyncStatus.Rejection rejection = node.rejection();
      if (rejection != null) {
        problem(
            problems,
            CheckCode.EC0201,
            node.instance()
                + " keeps its last good configuration, because it rejected "
                + rejection.type()
                + ": "
                + rejection.reason(),
            node.instance());
      }
    }
    for (Workload workload : context.workloads().workloads()) {
      if (!workload.connected()) {
        problem(
            problems,
            CheckCode.EC0202,
            workload.instance()
                + " has lost its connection; others stop calling it when its lease ends",
            workload.instance());
      }
      for (String tlsProblem : workload.health().tlsProblems()) {
        problem(
            problems,
            CheckCode.EC0203,
            workload.instance() + " refuses calls: " + tlsProblem,
            workload.instance());
      }
      ExpiringCertificate expiring = ExpiringCertificate.of(workload, now);
      if (expiring != null) {
        problem(problems, CheckCode.EC0204, expiring.message(), workload.instance())
            .put("severity", expiring.severity());
      }
    }
    List<Workload> unattested =
        context.workloads().workloads().stream()
            .filter(workload -> !workload.attested().equals(workload.labels()))
            .toList();
    for (MeshService service : context.model().get().services()) {
      for (Workload workload : unattested) {
        if (isKeptOut(service, workload)) {
          problem(
              problems,
              CheckCode.EC0205,
              workload.instance()
                  + " says that it has the labels of Service "
                  + MeshJson.id(service)
                  + ", and is not sent its calls: its join token is for "
                  + workload.identity()
                  + " alone, and says nothing of them; if it should be, let it join anew with a"
                  + " token that does (`endomesh token create --label NAME=VALUE`)",
              workload.instance());
        }
      }
    }
    for (TelemetrySink.Signal signal : telemetry.sink().signals().values()) {
      String problem = signal.problem();
      if (problem != null) {
        problem(problems, CheckCode.EC0302, "telemetry is not sent to " + problem, "telemetry");
      }
    }
    if (telemetry.rejectedRequests() > 0) {
      problem(
          problems,
          CheckCode.EC0301,
          telemetry.rejectedRequests()
              + " reports of agents were not accepted; totals lack their calls, start the"
              + " controller with --log-level=debug to see why",
          "telemetry");
    }
  }

  private static boolean isKeptOut(MeshService service, Workload workload) {
    return service.declared()
        && service.key().namespace().equals(workload.namespace())
        && !service.key().name().equals(workload.service())
        && workload.carries(service.selector())
        && !workload.mayServe(service.selector());
  }

  private static ObjectNode problem(
      ArrayNode problems, CheckCode code, String message, String subject) {
    return problems
        .addObject()
        .put("code", code.name())
        .put("severity", code.severity())
        .put("message", message)
        .put("subject", subject);
  }

  /** {@code host:port} at which agents reach the controller. */
  String address() {
    String advertised = context.options().advertisedAddress();
    if (advertised != null) {
      return advertised;
    }
    InetSocketAddress bound = context.address().get();
    InetAddress address = bound.getAddress();
    // All addresses of this machine: this one says it best.
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + bound.getPort();
  }

  ObjectNode onboarding(String scheme) {
    String address = address();
    ObjectNode json =
        JSON.objectNode()
            .put("controller", address)
            .put("caFingerprint", context.authority().fingerprint());
    Optional<AgentJar.Facts> agent = agentJar.facts();
    json.putObject("agent")
        .put("available", agent.isPresent())
        .put("version", agent.map(AgentJar.Facts::version).orElse(null))
        .put("bytes", agent.map(AgentJar.Facts::bytes).orElse(null))
        .put("sha256", agent.map(AgentJar.Facts::sha256).orElse(null))
        .put("url", AGENT_PATH);
    json.putObject("commands")
        // The mesh's root is in no trust store yet: the digest beside it says what was downloaded.
        .put("download", "curl -fsSLO " + scheme + "://" + address + AGENT_PATH)
        .put(
            "run",
            "java -javaagent:endomesh-agent.jar=service=NAME,namespace=NAMESPACE,"
                + "join-file=endomesh.join -jar app.jar");
    return json.put("workloads", context.workloads().workloads().size());
  }
}
