package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.check.CheckCode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = {
      "Looks for what is wrong: controller, clock, certificates, workloads.",
      "Each finding has a code, which docs/check.md explains."
    },
    footer = {"", "Ends with 10 if it found an error or a warning."})
final class CheckCommand implements Callable<Integer> {

  /** Beyond it certificates of a day are noticeably early or late. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  /**
   * @param code of a newer controller's finding this command may not know
   */
  private record Finding(String code, String severity, String message) {}

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();
  @Mixin private Output output = new Output();

  private final List<String> good = new ArrayList<>();
  private final List<Finding> findings = new ArrayList<>();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    JsonNode status = api.get("status");
    String version = status.path("version").asText();
    good.add("controller " + version + " at " + api.controller());
    clocks(Instant.parse(status.path("now").asText()));
    login(status.path("session"));
    JsonNode counts = status.path("counts");
    good.add(
        "%s workloads of %s services, %s resources"
            .formatted(
                counts.path("workloads").asText(),
                counts.path("services").asText(),
                counts.path("resources").asText()));
    api.get("workloads").path("workloads").forEach(workload -> workload(workload, version));
    for (JsonNode problem : status.path("problems")) {
      findings.add(
          new Finding(
              problem.path("code").asText(""),
              problem.path("severity").asText(),
              problem.path("message").asText()));
    }
    print();
    boolean isWrong = findings.stream().anyMatch(finding -> !finding.severity().equals("note"));
    return (isWrong ? Exit.FOUND_SOMETHING : Exit.OK).code();
  }

  private void clocks(Instant controllers) {
    Duration skew = Duration.between(controllers, Instant.now()).abs();
    if (skew.compareTo(CLOCK_SKEW) > 0) {
      add(CheckCode.EC0401, "clocks differ by " + skew.toSeconds() + " s");
    } else {
      good.add("clocks agree");
    }
  }

  private void login(JsonNode session) {
    if (session.path("loginRequired").asBoolean()) {
      good.add("a login is needed; you are " + session.path("user").asText());
    } else {
      add(
          CheckCode.EC0402,
          "no login is needed: every process on the controller's machine is its administrator");
    }
  }

  private void workload(JsonNode workload, String controllers) {
    String instance = workload.path("instance").asText();
    for (JsonNode instrumentation : workload.path("instrumentations")) {
      if (!instrumentation.path("enabled").asBoolean()) {
        add(
            CheckCode.EC0206,
            "%s: instrumentation %s is off: %s"
                .formatted(
                    instance,
                    instrumentation.path("name").asText(),
                    instrumentation.path("reason").asText()));
      }
    }
    String agents = workload.path("agentVersion").asText();
    if (!agents.isEmpty() && !agents.equals(controllers)) {
      add(
          CheckCode.EC0207,
          "%s: agent %s, the controller is %s".formatted(instance, agents, controllers));
    }
  }

  private void add(CheckCode code, String message) {
    findings.add(new Finding(code.name(), code.severity(), message));
  }

  private void print() {
    if (!output.isTable()) {
      output.print(json(), List.<String[]>of(new String[] {"CODE"}));
      return;
    }
    PrintWriter out = spec.commandLine().getOut();
    good.forEach(line -> out.println("ok       " + line));
    for (Finding finding : findings) {
      out.printf("%-7s  %s  %s%n", finding.severity(), finding.code(), finding.message());
      remedy(finding).ifPresent(remedy -> out.println("                 " + remedy));
    }
    out.flush();
  }

  private JsonNode json() {
    ObjectNode document = JsonNodeFactory.instance.objectNode();
    ArrayNode list = document.putArray("findings");
    for (Finding finding : findings) {
      list.addObject()
          .put("code", finding.code())
          .put("severity", finding.severity())
          .put("message", finding.message())
          .put("remedy", remedy(finding).orElse(null));
    }
    return document;
  }

  private static Optional<String> remedy(Finding finding) {
    return Arrays.stream(CheckCode.values())
        .filter(code -> code.name().equals(finding.code()))
        .map(CheckCode::remedy)
        .findFirst();
  }
}
