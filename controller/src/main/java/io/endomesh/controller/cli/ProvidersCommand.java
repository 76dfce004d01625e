package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Subcommands of {@code authz}: whose word counts beside the mesh's own. */
final class ProvidersCommand {

  private ProvidersCommand() {}

  @Command(
      name = "issuers",
      mixinStandardHelpOptions = true,
      description =
          "Lists the issuers whose tokens are taken (RequestAuthentication, JoinIssuer), and how it"
              + " is with their keys.")
  static final class Issuers implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("providers").path("issuers");
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"ISSUER", "BY", "KEYS", "FETCHED", "POLICIES", "FAILURE"});
      for (JsonNode issuer : answer) {
        table.add(
            new String[] {
              issuer.path("issuer").asText(),
              named(issuer),
              Integer.toString(issuer.path("keys").size()),
              issuer.path("keysFrom").isNull()
                  ? "come along"
                  : issuer.path("fetchedAt").asText("not yet"),
              names(issuer.path("policies")),
              issuer.path("failure").asText("")
            });
      }
      output.print(answer, table);
      return Exit.OK.code();
    }
  }

  @Command(
      name = "providers",
      mixinStandardHelpOptions = true,
      description =
          "Lists the servers that decide about requests (ExtAuthzProvider), and the policies that"
              + " ask them.")
  static final class Providers implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("providers");
      List<String[]> table = new ArrayList<>();
      table.add(
          new String[] {"PROVIDER", "ASKED AT", "CONNECTED", "WITHOUT AN ANSWER", "POLICIES"});
      for (JsonNode provider : answer.path("providers")) {
        table.add(
            new String[] {
              named(provider),
              provider.path("service").asText() + ":" + provider.path("port").asInt(),
              provider.path("connected").asText("outside the mesh"),
              provider.path("failOpen").asBoolean()
                  ? "let in"
                  : "refused with " + provider.path("statusOnError").asInt(),
              names(provider.path("policies"))
            });
      }
      output.print(answer, table);
      if (output.isTable()) {
        for (JsonNode policy : answer.path("missing")) {
          spec.commandLine()
              .getOut()
              .println(
                  named(policy)
                      + " asks "
                      + policy.path("provider").asText()
                      + ", which is not there: what it matches is refused");
        }
      }
      return Exit.OK.code();
    }
  }

  private static String names(JsonNode resources) {
    return StreamSupport.stream(resources.spliterator(), false)
        .map(ProvidersCommand::named)
        .collect(Collectors.joining(", "));
  }

  private static String named(JsonNode resource) {
    return resource.path("kind").asText()
        + "/"
        + resource.path("namespace").asText()
        + "/"
        + resource.path("name").asText();
  }
}
