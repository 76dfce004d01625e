package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
    name = "ca",
    mixinStandardHelpOptions = true,
    description = "Shows the certificate authority, and lets another root follow the present one.",
    footer = {
      "",
      "A rotation needs nobody: both roots are trusted while workloads come to know the next one"
          + " and",
      "renew their certificates, and no call fails. It begins by itself when a fifth of the root's",
      "life is left. See docs/authority.md."
    },
    subcommands = {
      AuthorityCommand.Status.class,
      AuthorityCommand.Roots.class,
      AuthorityCommand.Rotate.class,
      AuthorityCommand.Abort.class
    })
final class AuthorityCommand {

  private AuthorityCommand() {}

  private static String kind(JsonNode answer) {
    String kind =
        "authority: " + answer.path("kind").asText() + ", " + answer.path("issuer").asText();
    if (answer.has("command")) {
      return kind + counts(answer.path("command"), "issued", " certificates, ");
    }
    return answer.has("token")
        ? kind + counts(answer.path("token"), "signed", " signatures, ")
        : kind;
  }

  private static String counts(JsonNode counts, String done, String what) {
    return "; since the start "
        + counts.path(done).asLong()
        + what
        + counts.path("failed").asLong()
        + " failures"
        + (counts.path("lastFailure").isTextual()
            ? ", the last: " + counts.path("lastFailure").asText()
            : "");
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Shows the roots, their ends, and how far a rotation is.")
  static final class Status implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("ca");
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"ROOT", "ENDS", "SIGNS"});
      for (JsonNode root : answer.path("roots")) {
        String fingerprint = root.path("fingerprint").asText();
        table.add(
            new String[] {
              fingerprint,
              root.path("notAfter").asText(),
              fingerprint.equals(answer.path("fingerprint").asText()) ? "yes" : "no"
            });
      }
      output.print(answer, table);
      if (output.isTable()) {
        spec.commandLine().getOut().println(kind(answer));
        spec.commandLine().getOut().println(rotation(answer.path("rotation")));
      }
      return Exit.OK.code();
    }
  }

  @Command(
      name = "roots",
      mixinStandardHelpOptions = true,
      description =
          "Prints the roots of the mesh in PEM, for servers outside of it that are to know its"
              + " workloads, as a database.",
      footer = {"", "  endomesh ca roots > /etc/postgresql/mesh.pem    # ssl_ca_file"})
  static final class Roots implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Override
    public Integer call() {
      for (JsonNode root : connection.open().get("ca").path("roots")) {
        spec.commandLine().getOut().print(root.path("pem").asText());
      }
      spec.commandLine().getOut().flush();
      return Exit.OK.code();
    }
  }

  @Command(
      name = "rotate",
      mixinStandardHelpOptions = true,
      description = "Makes another root, which follows the present one step by step.",
      footer = {
        "",
        "  endomesh ca rotate",
        "  endomesh ca rotate --now    # also: hurry one that is under way"
      })
  static final class Rotate implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Option(
        names = "--now",
        description =
            "go on as soon as all connected workloads are as far; those that are away have to join"
                + " again by their token (default: wait an hour, then a day)")
    private boolean now;

    @Override
    public Integer call() {
      String asked = JsonNodeFactory.instance.objectNode().put("now", now).toString();
      JsonNode answer = connection.open().post("ca/rotate", "application/json", asked);
      spec.commandLine().getOut().println(rotation(answer.path("rotation")));
      return Exit.OK.code();
    }
  }

  @Command(
      name = "abort",
      mixinStandardHelpOptions = true,
      description =
          "Gives a rotation up: the present root stays. If the next has signed already, workloads"
              + " renew once more.")
  static final class Abort implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().post("ca/abort", "application/json", "{}");
      spec.commandLine().getOut().println(rotation(answer.path("rotation")));
      return Exit.OK.code();
    }
  }

  private static String rotation(JsonNode rotation) {
    if (rotation.isNull() || rotation.isMissingNode()) {
      return "no rotation is under way";
    }
    List<String> waiting = new ArrayList<>();
    rotation.path("waitingFor").forEach(instance -> waiting.add(instance.asText()));
    return "rotation: phase "
        + rotation.path("phase").asText()
        + " since "
        + rotation.path("since").asText()
        + (waiting.isEmpty() ? "" : ", waiting for " + String.join(", ", waiting));
  }
}
