package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.net.InetAddresses;
import java.net.URI;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "login",
    mixinStandardHelpOptions = true,
    description = "Logs in with a password; the commands that follow are done as that user.",
    footer = {
      "",
      "A login is good for 12 hours, until `endomesh logout`, or until the user's rights change."
    })
final class LoginCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Option(
      names = {"-u", "--user"},
      paramLabel = "NAME",
      description = "who logs in (default: asked for)")
  private @Nullable String user;

  @Option(names = "--password-stdin", description = "read the password from standard input")
  private boolean passwordStdin;

  @Override
  public Integer call() {
    ApiClient api = connection.openWithoutToken();
    requirePrivate(api.controller());
    String name = user == null ? Prompt.text("User") : user;
    String password = Prompt.password("Password of " + name, passwordStdin);
    JsonNode answer =
        api.post(
            "/login",
            "application/json",
            JsonNodeFactory.instance
                .objectNode()
                .put("user", name)
                .put("password", password)
                .put("bearer", true)
                .toString());
    connection
        .logins()
        .put(
            api.controller(),
            name,
            answer.path("token").asText(),
            answer.path("expiresAt").asText());
    spec.commandLine()
        .getOut()
        .println(
            "logged in to "
                + api.controller()
                + " as "
                + name
                + " until "
                + answer.path("expiresAt").asText());
    return Exit.OK.code();
  }

  /** A password goes over TLS, or does not leave this machine. */
  private static void requirePrivate(String controller) {
    URI address = URI.create(controller);
    String host = address.getHost();
    boolean local =
        "localhost".equals(host)
            || (host != null
                && InetAddresses.isUriInetAddress(host)
                && InetAddresses.forUriString(host).isLoopbackAddress());
    if (!"https".equals(address.getScheme()) && !local) {
      throw new CommandFailed(
          Exit.USAGE,
          "controller: '"
              + controller
              + "' (expected: https; a password is not sent in plaintext)");
    }
  }
}
