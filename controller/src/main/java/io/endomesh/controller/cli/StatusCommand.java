package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    description = "Shows what each workload was sent and has acknowledged.")
final class StatusCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Mixin private Output output = new Output();
  @Mixin private Watch watch = new Watch();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    return watch.run(() -> show(api));
  }

  private int show(ApiClient api) {
    JsonNode answer = api.get("workloads");
    List<String[]> table = new ArrayList<>();
    table.add(
        new String[] {
          "INSTANCE", "SERVICE", "WANTED", "ACKED", "UP TO DATE", "AGENT", "CERTIFICATE ENDS"
        });
    for (JsonNode workload : answer.path("workloads")) {
      JsonNode configuration = workload.path("configuration");
      table.add(
          new String[] {
            workload.path("instance").asText(),
            workload.path("serviceId").asText(),
            configuration.path("wanted").asText(),
            configuration.path("acked").asText(""),
            configuration.path("rejection").isNull()
                ? configuration.path("upToDate").asText()
                : "rejected: " + configuration.path("rejection").asText(),
            workload.path("agentVersion").asText(),
            certificate(workload)
          });
    }
    output.print(answer, table);
    for (JsonNode workload : answer.path("workloads")) {
      for (JsonNode problem : workload.path("tlsProblems")) {
        output.note(workload.path("instance").asText() + ": " + problem.asText());
      }
    }
    return Exit.OK.code();
  }

  private static String certificate(JsonNode workload) {
    String end = workload.path("certificateNotAfter").asText("none");
    String problem = workload.path("renewalProblem").asText("");
    return problem.isEmpty() ? end : end + ", not renewed: " + problem;
  }
}
