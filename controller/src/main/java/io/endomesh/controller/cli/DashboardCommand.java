package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    description =
        "Opens the console in the browser, and prints its address; where a login is needed, a link"
            + " that is good once.")
final class DashboardCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(names = "--no-open", description = "only print the address")
  private boolean noOpen;

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    String address = address(api);
    PrintWriter out = spec.commandLine().getOut();
    out.println(address);
    out.flush();
    if (!noOpen && !Desktop.open(address)) {
      spec.commandLine().getErr().println("no browser was found here; open the address above");
    }
    return Exit.OK.code();
  }

  private static String address(ApiClient api) {
    JsonNode status = api.get("status");
    boolean login =
        status.path("session").path("loginRequired").asBoolean()
            || api.controller().startsWith("https://");
    return api.controller()
        + (login ? api.post("logins", "application/json", "{}").path("path").asText() : "/");
  }
}
