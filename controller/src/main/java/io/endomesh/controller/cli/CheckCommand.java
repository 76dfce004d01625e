package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "check",
    mixinStandardHelpOptions = true,
    description = "Looks for what is wrong: controller, clock, certificates, workloads.",
    footer = {"", "Ends with 10 if it found something."})
final class CheckCommand implements Callable<Integer> {

  /** Beyond it certificates of a day are noticeably early or late. */
  private static final Duration CLOCK_SKEW = Duration.ofSeconds(30);

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    JsonNode status = api.get("status");
    PrintWriter out = spec.commandLine().getOut();
    out.printf("ok       controller %s at %s%n", status.path("version").asText(), api.controller());
    boolean found = false;
    Duration skew =
        Duration.between(Instant.parse(status.path("now").asText()), Instant.now()).abs();
    if (skew.compareTo(CLOCK_SKEW) > 0) {
      found = true;
      out.printf(
          "warning  clocks differ by %d s; set the time on both machines%n", skew.toSeconds());
    } else {
      out.println("ok       clocks agree");
    }
    JsonNode session = status.path("session");
    out.println(
        session.path("loginRequired").asBoolean()
            ? "ok       a login is needed; you are " + session.path("user").asText()
            : "note     no login is needed: every process on the controller's machine is its"
                + " administrator; start it with --login for anything else than a demo");
    JsonNode counts = status.path("counts");
    out.printf(
        "ok       %s workloads of %s services, %s resources%n",
        counts.path("workloads").asText(),
        counts.path("services").asText(),
        counts.path("resources").asText());
    for (JsonNode workload : api.get("workloads").path("workloads")) {
      for (JsonNode instrumentation : workload.path("instrumentations")) {
        if (!instrumentation.path("enabled").asBoolean()) {
          found = true;
          out.printf(
              "warning  %s: instrumentation %s is off: %s%n",
              workload.path("instance").asText(),
              instrumentation.path("name").asText(),
              instrumentation.path("reason").asText());
        }
      }
    }
    for (JsonNode problem : status.path("problems")) {
      found = true;
      out.printf("%-7s  %s%n", problem.path("severity").asText(), problem.path("message").asText());
    }
    out.flush();
    return (found ? Exit.FOUND_SOMETHING : Exit.OK).code();
  }
}
