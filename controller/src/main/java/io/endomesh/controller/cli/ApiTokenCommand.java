package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "api",
    mixinStandardHelpOptions = true,
    description = "Makes, lists and revokes the tokens by which programs use the controller.",
    subcommands = {
      ApiTokenCommand.Create.class,
      ApiTokenCommand.ListTokens.class,
      ApiTokenCommand.Revoke.class
    })
final class ApiTokenCommand {

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Prints a new token. It is shown this once, and never does more than you may.",
      footer = {
        "",
        "  endomesh token api create --scope read,apply:shop --ttl P30D > ci.token",
        "  endomesh apply -f routes/ --token-file ci.token"
      })
  static final class Create implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Option(
        names = "--scope",
        required = true,
        split = ",",
        paramLabel = "RIGHT[:NAMESPACE]",
        description =
            "what it may do, docs/access.md; read, apply and join-tokens also for one namespace")
    private List<String> scopes = List.of();

    @Option(names = "--name", description = "what it is for, for lists")
    private String name = "";

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        description = "how long it is good, ISO 8601 (default: ${DEFAULT-VALUE})")
    private Duration ttl = Duration.ofDays(30);

    @Override
    public Integer call() {
      ObjectNode asked =
          JsonNodeFactory.instance
              .objectNode()
              .put("name", name)
              .put("ttlSeconds", ttl.toSeconds());
      ArrayNode list = asked.putArray("scopes");
      scopes.forEach(list::add);
      JsonNode answer = connection.open().post("api-tokens", "application/json", asked.toString());
      spec.commandLine().getOut().println(answer.path("token").asText());
      return Exit.OK.code();
    }
  }

  @Command(
      name = "list",
      mixinStandardHelpOptions = true,
      description = "Lists your API tokens; those of all for an administrator.")
  static final class ListTokens implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("api-tokens");
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"ID", "NAME", "OWNER", "SCOPES", "EXPIRES", "LAST USED"});
      for (JsonNode token : answer.path("apiTokens")) {
        table.add(
            new String[] {
              token.path("id").asText(),
              token.path("name").asText(),
              token.path("owner").asText(),
              StreamSupport.stream(token.path("scopes").spliterator(), false)
                  .map(JsonNode::asText)
                  .collect(Collectors.joining(",")),
              token.path("expiresAt").asText(),
              token.path("lastUsedAt").asText("never")
            });
      }
      output.print(answer, table);
      return Exit.OK.code();
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Makes an API token worthless at once.")
  static final class Revoke implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    @Override
    public Integer call() {
      connection.open().delete("api-tokens/" + id);
      spec.commandLine().getOut().println("API token " + id + " revoked");
      return Exit.OK.code();
    }
  }
}
