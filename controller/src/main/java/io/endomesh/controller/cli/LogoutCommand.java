package io.endomesh.controller.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(
    name = "logout",
    mixinStandardHelpOptions = true,
    description = "Ends what `endomesh login` began.")
final class LogoutCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Override
  public Integer call() {
    Logins logins = connection.logins();
    ApiClient api = connection.openWithoutToken();
    String token = logins.find(api.controller());
    if (token == null) {
      throw new CommandFailed(Exit.NOT_FOUND, "not logged in to " + api.controller());
    }
    // Forgotten here first: the controller may be away.
    logins.remove(api.controller());
    api.as(token).post("/logout", "application/json", "{}");
    spec.commandLine().getOut().println("logged out of " + api.controller());
    return Exit.OK.code();
  }
}
