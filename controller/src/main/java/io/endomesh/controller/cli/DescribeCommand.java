package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.kinds.Kind;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "describe",
    mixinStandardHelpOptions = true,
    description = "Tells all about one service, workload or resource, and what belongs to it.",
    footer = {
      "",
      "  endomesh describe service orders -n shop",
      "  endomesh describe workload orders-7f3a9c -n shop",
      "  endomesh describe httproute orders -n shop"
    })
final class DescribeCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Parameters(
      index = "0",
      paramLabel = "KIND",
      description = "service, workload, or kind of a resource")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: default; of a workload: the one that has it)")
  private @Nullable String namespace;

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    PrintWriter out = spec.commandLine().getOut();
    switch (kind.toLowerCase(Locale.ROOT)) {
      case "service", "services" -> service(api, out);
      case "workload", "workloads" ->
          workload(ConfigCommand.one(api.get("workloads").path("workloads"), name, namespace), out);
      default -> resource(api, Kinds.named(kind), out);
    }
    out.flush();
    return Exit.OK.code();
  }

  private String inNamespace() {
    return namespace == null ? "default" : namespace;
  }

  private void service(ApiClient api, PrintWriter out) {
    String id = inNamespace() + "/" + name;
    JsonNode services =
        Selection.of(api.get("services"), "services", one -> one.path("id").asText().equals(id));
    if (services.path("services").isEmpty()) {
      throw new CommandFailed(
          Exit.NOT_FOUND,
          "service " + id + " is not known (expected: one that `endomesh get services` has)");
    }
    JsonNode service = services.path("services").get(0);
    line(out, "service", id);
    line(out, "health", service.path("health").asText());
    line(out, "identity", service.path("identity").asText());
    line(out, "mtls", service.path("mtls").asText());
    line(out, "versions", Figures.joined(service.path("versions")));
    for (JsonNode port : service.path("ports")) {
      line(out, "port", port.path("number").asText() + " " + port.path("protocol").asText());
    }
    line(out, "calls in", traffic(service.path("inbound")));
    line(out, "calls out", traffic(service.path("outbound")));
    for (JsonNode edge : api.get("graph").path("edges")) {
      if (edge.path("destination").asText().equals(id)) {
        line(out, "called by", edge.path("source").asText() + "  " + traffic(edge.path("stats")));
      }
      if (edge.path("source").asText().equals(id)) {
        line(out, "calls", edge.path("destination").asText() + "  " + traffic(edge.path("stats")));
      }
    }
    for (JsonNode resource : service.path("resources")) {
      line(out, "resource", RouteCommand.resource(resource));
    }
    for (JsonNode workload : api.get("workloads").path("workloads")) {
      for (JsonNode instance : service.path("instances")) {
        if (workload.path("instance").equals(instance)) {
          line(
              out,
              "workload",
              instance.asText()
                  + "  "
                  + workload.path("address").asText()
                  + "  "
                  + ConfigCommand.state(workload.path("configuration")));
        }
      }
    }
  }

  private static void workload(JsonNode workload, PrintWriter out) {
    line(out, "workload", workload.path("instance").asText());
    line(out, "service", workload.path("serviceId").asText());
    line(out, "identity", workload.path("identity").asText());
    line(out, "address", workload.path("address").asText());
    for (JsonNode port : workload.path("ports")) {
      line(out, "port", port.path("number").asText() + " " + port.path("protocol").asText());
    }
    workload
        .path("labels")
        .fields()
        .forEachRemaining(
            label -> line(out, "label", label.getKey() + "=" + label.getValue().asText()));
    line(out, "connected", workload.path("connected").asText());
    line(out, "since", workload.path("since").asText());
    line(out, "agent", workload.path("agentVersion").asText());
    line(
        out,
        "java",
        workload.path("javaVersion").asText()
            + ", "
            + workload.path("mainClass").asText()
            + ", process "
            + workload.path("pid").asText());
    line(out, "certificate", "until " + workload.path("certificateNotAfter").asText("none"));
    JsonNode configuration = workload.path("configuration");
    line(out, "wanted", configuration.path("wanted").asText());
    line(out, "acked", configuration.path("acked").asText("none"));
    line(out, "state", ConfigCommand.state(configuration));
    line(out, "calls in", traffic(workload.path("inbound")));
    for (JsonNode one : workload.path("instrumentations")) {
      if (!one.path("enabled").asBoolean()) {
        line(out, "off", one.path("name").asText() + ": " + one.path("reason").asText());
      }
    }
    workload.path("tlsProblems").forEach(problem -> line(out, "problem", problem.asText()));
  }

  private void resource(ApiClient api, Kind known, PrintWriter out) {
    JsonNode resource = api.get("namespaces/" + inNamespace() + "/" + known.plural() + "/" + name);
    line(out, "resource", known.kindName() + "/" + inNamespace() + "/" + name);
    line(out, "revision", resource.path("metadata").path("resourceVersion").asText());
    line(out, "created", resource.path("metadata").path("creationTimestamp").asText());
    for (JsonNode service : api.get("services").path("services")) {
      for (JsonNode of : service.path("resources")) {
        if (of.path("kind").asText().equals(known.kindName())
            && of.path("namespace").asText().equals(inNamespace())
            && of.path("name").asText().equals(name)) {
          line(out, "applies to", service.path("id").asText());
        }
      }
    }
    for (JsonNode condition : resource.path("status").findValues("conditions")) {
      condition.forEach(one -> condition(one, out));
    }
    for (JsonNode change : HistoryCommand.of(api, known, inNamespace(), name, 5).path("changes")) {
      String why = change.path("why").asText();
      line(
          out,
          "change",
          change.path("revision").asText()
              + "  "
              + change.path("at").asText()
              + "  "
              + change.path("author").asText()
              + (why.isEmpty() ? "" : "  " + why));
    }
    out.println();
    out.print(Output.yaml(ExportCommand.applied(resource)));
  }

  private static void condition(JsonNode condition, PrintWriter out) {
    line(
        out,
        "condition",
        condition.path("type").asText()
            + "="
            + condition.path("status").asText()
            + "  "
            + condition.path("message").asText());
  }

  private static String traffic(JsonNode stats) {
    return Figures.rate(stats.path("requestsPerSecond"))
        + "/s, "
        + Figures.percent(stats.path("errorRatio"))
        + " failed, p99 "
        + Figures.millis(stats.path("p99Millis"));
  }

  private static void line(PrintWriter out, String what, String value) {
    out.println((what + " ".repeat(Math.max(2, 13 - what.length())) + value).stripTrailing());
  }
}
