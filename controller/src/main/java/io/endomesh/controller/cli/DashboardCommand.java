package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "dashboard",
    mixinStandardHelpOptions = true,
    description = "Prints the address of the console, with a login link that is good once.")
final class DashboardCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    JsonNode status = api.get("status");
    var out = spec.commandLine().getOut();
    if (status.path("session").path("loginRequired").asBoolean()
        || api.controller().startsWith("https://")) {
      out.println(
          api.controller() + api.post("logins", "application/json", "{}").path("path").asText());
    } else {
      out.println(api.controller() + "/");
    }
    return Exit.OK.code();
  }
}
