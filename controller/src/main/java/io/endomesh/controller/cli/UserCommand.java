package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.List;
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
    name = "user",
    mixinStandardHelpOptions = true,
    description = "Makes, lists, changes and removes those who may use the controller.",
    subcommands = {
      UserCommand.Add.class,
      UserCommand.ListUsers.class,
      UserCommand.ChangeRole.class,
      UserCommand.Password.class,
      UserCommand.Logout.class,
      UserCommand.Remove.class
    })
final class UserCommand {

  /** What a user is, docs/access.md. */
  enum Role {
    VIEWER,
    OPERATOR,
    ADMIN
  }

  private static final String JSON = "application/json";

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  private static String path(String user) {
    return "users/" + URLEncoder.encode(user, UTF_8).replace("+", "%20");
  }

  private static String text(Role role) {
    return role.name().toLowerCase(Locale.ROOT);
  }

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Prints a link, good once for a day, by which the new user sets a password.",
      footer = {
        "",
        "  endomesh user add anna --role operator",
        "  endomesh user add ci-reader --role viewer --password-stdin < password"
      })
  static final class Add implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Option(names = "--role", required = true, description = "${COMPLETION-CANDIDATES}")
    private Role role = Role.VIEWER;

    @Option(names = "--tap", description = "may also see the content of calls")
    private boolean tap;

    @Option(
        names = "--password-stdin",
        description = "read a password from standard input, and print no link")
    private boolean passwordStdin;

    @Override
    public Integer call() {
      ObjectNode asked = object().put("name", name).put("role", text(role)).put("tap", tap);
      if (passwordStdin) {
        asked.put("password", Prompt.password("Password of " + name, true));
      }
      ApiClient api = connection.open();
      JsonNode answer = api.post("users", JSON, asked.toString());
      spec.commandLine().getOut().println(told(api, answer, "user " + name + " added"));
      return Exit.OK.code();
    }
  }

  private static String told(ApiClient api, JsonNode answer, String done) {
    return answer.path("setupPath").isTextual()
        ? api.controller() + answer.path("setupPath").asText()
        : done;
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists the users, and who else has a session.")
  static final class ListUsers implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("users");
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"NAME", "ROLE", "TAP", "PASSWORD", "SESSIONS", "SINCE"});
      for (JsonNode user : answer.path("users")) {
        table.add(
            new String[] {
              user.path("name").asText(),
              user.path("role").asText(),
              user.path("tap").asBoolean() ? "yes" : "no",
              user.path("password").asBoolean() ? "set" : "not set yet",
              user.path("sessions").asText(),
              user.path("createdAt").asText()
            });
      }
      for (JsonNode other : answer.path("others")) {
        table.add(
            new String[] {
              other.path("name").asText(), "-", "-", "-", other.path("sessions").asText(), "-"
            });
      }
      output.print(answer, table);
      return Exit.OK.code();
    }
  }

  @Command(
      name = "role",
      mixinStandardHelpOptions = true,
      description = "Changes what a user may do, and ends their sessions.")
  static final class ChangeRole implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "ROLE",
        description = "${COMPLETION-CANDIDATES} (default: stays)")
    private @Nullable Role role;

    @Option(
        names = "--tap",
        negatable = true,
        description = "may see the content of calls, or no longer (default: stays)")
    private @Nullable Boolean tap;

    @Override
    public Integer call() {
      ObjectNode asked = object();
      if (role != null) {
        asked.put("role", text(role));
      }
      if (tap != null) {
        asked.put("tap", tap);
      }
      JsonNode user = connection.open().put(path(name) + "/role", asked.toString());
      spec.commandLine()
          .getOut()
          .println(
              name
                  + " is "
                  + user.path("role").asText()
                  + (user.path("tap").asBoolean() ? ", and may tap" : ""));
      return Exit.OK.code();
    }
  }

  @Command(
      name = "passwd",
      mixinStandardHelpOptions = true,
      description = {
        "Changes one's own password; for another user, prints a link by which they set theirs.",
        "What is changed ends all sessions of that user."
      })
  static final class Password implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(
        index = "0",
        arity = "0..1",
        paramLabel = "NAME",
        description = "(default: who is logged in)")
    private @Nullable String name;

    @Option(
        names = "--password-stdin",
        description =
            "read the new password from standard input; one's own: the old one, then the new one")
    private boolean passwordStdin;

    @Override
    public Integer call() {
      ApiClient api = connection.open();
      spec.commandLine().getOut().println(name == null ? own(api) : another(api, name));
      return Exit.OK.code();
    }

    private String own(ApiClient api) {
      ObjectNode asked =
          object()
              .put("old", Prompt.password("Old password", passwordStdin))
              .put("new", Prompt.password("New password", passwordStdin));
      api.post("password", JSON, asked.toString());
      connection.logins().remove(api.controller());
      return "password changed; log in again with it";
    }

    private String another(ApiClient api, String user) {
      ObjectNode asked = object();
      if (passwordStdin) {
        asked.put("password", Prompt.password("New password of " + user, true));
      }
      JsonNode answer = api.post(path(user) + "/password", JSON, asked.toString());
      return told(api, answer, "password of " + user + " changed");
    }
  }

  @Command(
      name = "logout",
      mixinStandardHelpOptions = true,
      description = {
        "Ends all sessions of one person, and the links that they did not use yet.",
        "They may log in again; API tokens stay. Who must not come back: remove, or passwd."
      },
      footer = {
        "",
        "  endomesh user logout anna",
        "  endomesh user logout oidc:kim    # who logged in at a provider, as `user list` names them"
      })
  static final class Logout implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      JsonNode answer = connection.open().delete(path(name) + "/sessions");
      spec.commandLine()
          .getOut()
          .println(name + ": " + answer.path("ended").asLong() + " sessions ended");
      return Exit.OK.code();
    }
  }

  @Command(
      name = "remove",
      mixinStandardHelpOptions = true,
      description = "Removes a user, and ends their sessions and API tokens.")
  static final class Remove implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "NAME")
    private String name = "";

    @Override
    public Integer call() {
      connection.open().delete(path(name));
      spec.commandLine().getOut().println("user " + name + " removed");
      return Exit.OK.code();
    }
  }
}
