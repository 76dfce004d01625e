package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "mtls",
    mixinStandardHelpOptions = true,
    description =
        "The way to mutual TLS everywhere: who still calls in plaintext, and STRICT where nobody"
            + " does.",
    subcommands = {
      MtlsCommand.Status.class,
      MtlsCommand.Strict.class,
      MtlsCommand.Permissive.class
    })
final class MtlsCommand {

  private static final ObjectMapper JSON = new ObjectMapper();

  private MtlsCommand() {}

  /** Which plaintext counts. */
  static final class Looking {
    @Option(
        names = "--last",
        paramLabel = "DURATION",
        description =
            "look at plaintext of so long ago, as ISO 8601 writes it (default: ${DEFAULT-VALUE})")
    private Duration last = Duration.ofDays(1);

    String query() {
      return "?last=" + URLEncoder.encode(last.toString(), StandardCharsets.UTF_8);
    }
  }

  @Command(
      name = "status",
      mixinStandardHelpOptions = true,
      description = "Lists the mode of each service, and who calls it in plaintext.")
  static final class Status implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();
    @Mixin private Looking looking = new Looking();

    @Option(
        names = {"-n", "--namespace"},
        description = "of this namespace only")
    private @Nullable String namespace;

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("mtls" + looking.query());
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"SERVICE", "MODE", "IN PLAINTEXT BY", "CALLS", "LAST"});
      for (JsonNode service : answer.path("services")) {
        if (namespace != null && !service.path("namespace").asText().equals(namespace)) {
          continue;
        }
        String id = service.path("id").asText();
        String mode = service.path("mode").asText();
        if (service.path("plaintext").isEmpty()) {
          table.add(new String[] {id, mode, "-", "", ""});
        }
        for (JsonNode calls : service.path("plaintext")) {
          table.add(
              new String[] {
                id,
                mode,
                who(calls),
                calls.path("requestsTotal").asText(),
                calls.path("lastAt").asText()
              });
        }
      }
      PrintWriter out = spec.commandLine().getOut();
      output.print(answer, table);
      if (output.isTable()) {
        out.println("since " + answer.path("since").asText());
      }
      out.flush();
      return Exit.OK.code();
    }
  }

  /** What both that change a mode have in common. */
  abstract static class Change implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();
    @Mixin private Looking looking = new Looking();

    @Parameters(
        index = "0",
        paramLabel = "SCOPE",
        description = "mesh, a namespace, or a service as in shop/orders")
    private String scope = "";

    @Option(names = "--preview", description = "say what it would do, and change nothing")
    private boolean preview;

    abstract String mode();

    /** Whether somebody may lose by it. */
    abstract boolean even();

    @Override
    public Integer call() {
      ApiClient api = connection.open();
      String asked = JSON.createObjectNode().put("scope", scope).put("mode", mode()).toString();
      JsonNode draft = api.post("mtls/draft" + looking.query(), "application/json", asked);
      PrintWriter out = spec.commandLine().getOut();
      for (JsonNode service : draft.path("services")) {
        out.println(
            service.path("id").asText()
                + ": "
                + service.path("now").asText()
                + " -> "
                + service.path("then").asText());
      }
      JsonNode cutOff = draft.path("cutOff");
      for (JsonNode calls : cutOff) {
        out.println(
            "would be cut off from "
                + calls.path("destinationId").asText()
                + ": "
                + who(calls)
                + ", "
                + calls.path("requestsTotal").asText()
                + " calls, the last at "
                + calls.path("lastAt").asText());
      }
      boolean refused = !cutOff.isEmpty() && !even();
      out.println(told(draft, refused));
      if (!refused && !preview) {
        api.post("apply", "application/yaml", draft.path("resource").toString());
        JsonNode metadata = draft.at("/resource/metadata");
        out.println(
            "PeerAuthentication "
                + metadata.path("namespace").asText()
                + "/"
                + metadata.path("name").asText()
                + " applied");
      }
      out.flush();
      return (refused ? Exit.FOUND_SOMETHING : Exit.OK).code();
    }

    private static String told(JsonNode draft, boolean refused) {
      if (refused) {
        return "nothing was changed: let those callers join the mesh first, or say --cut-off";
      }
      if (draft.path("services").isEmpty()) {
        return "no service changes its mode";
      }
      return draft.path("cutOff").isEmpty()
          ? "nobody called them in plaintext since " + draft.path("since").asText()
          : "those callers are cut off";
    }
  }

  @Command(
      name = "strict",
      mixinStandardHelpOptions = true,
      description =
          "Lets servers take mutual TLS only. Changes nothing and ends with 10 if somebody called"
              + " them in plaintext.",
      footer = {"", "  endomesh mtls strict shop/orders --preview", "  endomesh mtls strict shop"})
  static final class Strict extends Change {

    @Option(names = "--cut-off", description = "even if callers in plaintext lose by it")
    private boolean cutOff;

    @Override
    String mode() {
      return "STRICT";
    }

    @Override
    boolean even() {
      return cutOff;
    }
  }

  @Command(
      name = "permissive",
      mixinStandardHelpOptions = true,
      description = "Lets servers take plaintext, too.",
      footer = {"", "  endomesh mtls permissive shop/orders"})
  static final class Permissive extends Change {
    @Override
    String mode() {
      return "PERMISSIVE";
    }

    @Override
    boolean even() {
      return true;
    }
  }

  /** {@code shop/legacy}, or the addresses of those that have no name. */
  private static String who(JsonNode calls) {
    if (!calls.path("sourceId").asText().equals("outside")) {
      return calls.path("sourceId").asText();
    }
    List<String> addresses = new ArrayList<>();
    for (JsonNode caller : calls.path("callers")) {
      String instance = caller.path("instance").asText("");
      addresses.add(
          caller.path("address").asText()
              + (instance.isEmpty() ? "" : " (" + instance + ")")
              + " by "
              + caller.path("operation").asText());
    }
    return addresses.isEmpty()
        ? "an address of which no trace is kept"
        : String.join(", ", addresses);
  }
}
