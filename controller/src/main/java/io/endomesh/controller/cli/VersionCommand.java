package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.Version;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "version",
    mixinStandardHelpOptions = true,
    description = "Shows the versions of this command, the controller, and the agents in use.")
final class VersionCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(names = "--client", description = "this command only")
  private boolean client;

  @Override
  public Integer call() {
    var out = spec.commandLine().getOut();
    out.println("client      " + Version.current());
    if (client) {
      return Exit.OK.code();
    }
    ApiClient api = connection.open();
    out.println("controller  " + api.get("status").path("version").asText());
    TreeSet<String> agents = new TreeSet<>();
    for (JsonNode workload : api.get("workloads").path("workloads")) {
      agents.add(workload.path("agentVersion").asText());
    }
    out.println("agents      " + (agents.isEmpty() ? "none" : String.join(", ", agents)));
    out.flush();
    return Exit.OK.code();
  }
}
