package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "workload",
    mixinStandardHelpOptions = true,
    description = "Puts a workload out of the mesh.",
    subcommands = {WorkloadCommand.Revoke.class})
final class WorkloadCommand {

  private WorkloadCommand() {}

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description =
          "Makes the certificates of a workload worthless, within seconds and on connections that"
              + " are open. It comes back by a join token only: revoke that as well, if need be.",
      footer = {
        "",
        "  endomesh workload revoke shop/orders-7f3a9c",
      })
  static final class Revoke implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "NAMESPACE/INSTANCE")
    private String workload = "";

    @Override
    public Integer call() {
      if (!workload.matches("[^/]+/[^/]+")) {
        throw new CommandFailed(
            Exit.USAGE,
            "workload: '"
                + workload
                + "' (expected: NAMESPACE/INSTANCE, as `endomesh status` shows)");
      }
      JsonNode answer =
          connection.open().post("workloads/" + workload + "/revoke", "application/json", "{}");
      for (JsonNode revoked : answer.path("revoked")) {
        spec.commandLine().getOut().println(revoked.asText() + " revoked");
      }
      return Exit.OK.code();
    }
  }
}
