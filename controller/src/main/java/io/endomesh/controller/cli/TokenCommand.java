package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "token",
    mixinStandardHelpOptions = true,
    description =
        "Makes, lists and revokes the tokens by which workloads join; makes those by which real"
            + " calls tell their trail, and those by which programs use the controller.",
    subcommands = {
      TokenCommand.Create.class,
      TokenCommand.ListTokens.class,
      TokenCommand.Revoke.class,
      TokenCommand.TrailToken.class,
      ApiTokenCommand.class
    })
final class TokenCommand {

  @Command(
      name = "create",
      mixinStandardHelpOptions = true,
      description = "Prints a join string, which holds a new token. It is shown this once.",
      footer = {
        "",
        "  endomesh token create --namespace shop > endomesh.join",
        "  endomesh token create -n shop --service orders --uses 3 --label version=v1"
      })
  static final class Create implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Option(
        names = {"-n", "--namespace"},
        description = "namespace of the workloads it lets in")
    private @Nullable String namespace;

    @Option(
        names = "--file",
        paramLabel = "PATH",
        description =
            "makes no token: its workloads show that of an issuer (kind JoinIssuer), which they"
                + " find in this file")
    private @Nullable String file;

    @Option(
        names = "--spiffe",
        description =
            "makes no token: its workloads have their identity from the SPIFFE Workload API"
                + " (SPIRE)")
    private boolean spiffe;

    @Option(names = "--service", description = "service it lets in (default: any)")
    private String service = "*";

    @Option(
        names = "--uses",
        paramLabel = "N",
        description = "how many workloads it lets in (default: any number)")
    private @Nullable Integer uses;

    @Option(
        names = "--label",
        paramLabel = "NAME=VALUE",
        description = "label that its workloads get, whatever they say; may be repeated")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        description = "how long it is good, ISO 8601 (default: ${DEFAULT-VALUE})")
    private Duration ttl = Duration.ofHours(24);

    @Override
    public Integer call() {
      ObjectNode asked = JsonNodeFactory.instance.objectNode();
      if (spiffe) {
        return print(asked.put("spiffe", true));
      }
      if (file != null) {
        return print(asked.put("file", file));
      }
      if (namespace == null) {
        throw new ParameterException(
            spec.commandLine(), "--namespace: absent (expected: a namespace, --file or --spiffe)");
      }
      asked.put("namespace", namespace).put("service", service).put("ttlSeconds", ttl.toSeconds());
      if (uses != null) {
        asked.put("uses", uses);
      }
      ObjectNode given = asked.putObject("labels");
      labels.forEach(given::put);
      return print(asked);
    }

    private int print(ObjectNode asked) {
      JsonNode answer = connection.open().post("tokens", "application/json", asked.toString());
      spec.commandLine().getOut().println(answer.path("joinString").asText());
      return Exit.OK.code();
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the tokens.")
  static final class ListTokens implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("tokens");
      List<String[]> table = new ArrayList<>();
      table.add(
          new String[] {
            "ID", "NAMESPACE", "SERVICE", "LABELS", "USES LEFT", "EXPIRES", "LAST USED"
          });
      for (JsonNode token : answer.path("tokens")) {
        table.add(
            new String[] {
              token.path("id").asText(),
              token.path("namespace").asText(),
              token.path("service").asText(),
              labels(token.path("labels")),
              usesLeft(token),
              token.path("expiresAt").asText(),
              token.path("lastUsedAt").asText("never")
            });
      }
      output.print(answer, table);
      return Exit.OK.code();
    }

    private static String labels(JsonNode labels) {
      return labels.properties().stream()
          .map(label -> label.getKey() + "=" + label.getValue().asText())
          .collect(Collectors.joining(","));
    }

    private static String usesLeft(JsonNode token) {
      int uses = token.path("uses").asInt(0);
      return uses == 0 ? "any" : uses - token.path("used").asInt() + " of " + uses;
    }
  }

  @Command(
      name = "revoke",
      mixinStandardHelpOptions = true,
      description = "Makes a token worthless; workloads that have joined stay.")
  static final class Revoke implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "ID")
    private String id = "";

    @Override
    public Integer call() {
      connection.open().delete("tokens/" + id);
      spec.commandLine().getOut().println("token " + id + " revoked");
      return Exit.OK.code();
    }
  }

  @Command(
      name = "trail",
      mixinStandardHelpOptions = true,
      description =
          "Prints a token that makes real responses tell what the mesh did, docs/explain.md.",
      footer = {
        "",
        "  curl -i -H \"x-endomesh-trail: $(endomesh token trail)\" http://127.0.0.1:8080/",
      })
  static final class TrailToken implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Option(
        names = "--ttl",
        paramLabel = "DURATION",
        description = "how long it is good, ISO 8601, at most PT1H (default: ${DEFAULT-VALUE})")
    private Duration ttl = Duration.ofMinutes(10);

    @Override
    public Integer call() {
      String asked =
          JsonNodeFactory.instance.objectNode().put("ttlSeconds", ttl.toSeconds()).toString();
      JsonNode answer = connection.open().post("trail-tokens", "application/json", asked);
      spec.commandLine().getOut().println(answer.path("token").asText());
      return Exit.OK.code();
    }
  }
}
