package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "authz",
    mixinStandardHelpOptions = true,
    description =
        "Says and changes which department may reach which; tells of dry runs, and of whose word"
            + " counts.",
    subcommands = {
      AuthzCommand.Deny.class,
      AuthzCommand.Allow.class,
      AuthzCommand.Reset.class,
      AuthzCommand.CheckOne.class,
      AuthzCommand.Matrix.class,
      AuthzCommand.DryRun.class,
      ProvidersCommand.Issuers.class,
      ProvidersCommand.Providers.class
    })
final class AuthzCommand {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** What all that change a cell have in common. */
  abstract static class Change implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "SOURCE", description = "department that calls")
    private String source = "";

    @Parameters(index = "1", paramLabel = "DESTINATION", description = "department that is called")
    private String destination = "";

    @Option(
        names = "--preview",
        description = "say what it would do to the calls of the last minutes, and change nothing")
    private boolean preview;

    abstract String say();

    @Override
    public Integer call() {
      ApiClient api = connection.open();
      ObjectNode asked =
          JSON.createObjectNode()
              .put("source", source)
              .put("destination", destination)
              .put("say", say());
      JsonNode draft = api.post("departments/draft", "application/json", asked.toString());
      String document = draft.path("resource").toString();
      PrintWriter out = spec.commandLine().getOut();
      if (preview) {
        ApplyCommand.print(api.post("replay", "application/yaml", document), out);
      } else {
        api.post("apply", "application/yaml", document);
      }
      out.println((preview ? "would be: " : "") + told(draft.path("then")));
      out.flush();
      return Exit.OK.code();
    }
  }

  @Command(
      name = "deny",
      mixinStandardHelpOptions = true,
      description = "Nobody of one department may reach the other any more.",
      footer = {"", "  endomesh authz deny marketing payments"})
  static final class Deny extends Change {
    @Override
    String say() {
      return "deny";
    }
  }

  @Command(
      name = "allow",
      mixinStandardHelpOptions = true,
      description =
          "One department may reach the other, which nobody else may that is not allowed to.",
      footer = {"", "  endomesh authz allow shop payments"})
  static final class Allow extends Change {
    @Override
    String say() {
      return "allow";
    }
  }

  @Command(
      name = "reset",
      mixinStandardHelpOptions = true,
      description = "Takes back what deny or allow said of two departments.",
      footer = {"", "  endomesh authz reset marketing payments"})
  static final class Reset extends Change {
    @Override
    String say() {
      return "nothing";
    }
  }

  @Command(
      name = "check",
      mixinStandardHelpOptions = true,
      description =
          "Says whether one may call the other: departments, or services as in shop/orders. Ends"
              + " with 10 if not.",
      footer = {
        "",
        "  endomesh authz check marketing payments",
        "  endomesh authz check shop/orders finance/payments --method POST --path /charges"
      })
  static final class CheckOne implements Callable<Integer> {

    @Spec private CommandSpec spec;
    @Mixin private Connection connection = new Connection();

    @Parameters(index = "0", paramLabel = "SOURCE", description = "who calls")
    private String source = "";

    @Parameters(index = "1", paramLabel = "DESTINATION", description = "who is called")
    private String destination = "";

    @Option(names = "--method", description = "of a call to a service (default: ${DEFAULT-VALUE})")
    private String method = "GET";

    @Option(names = "--path", description = "of a call to a service (default: ${DEFAULT-VALUE})")
    private String path = "/";

    @Override
    public Integer call() {
      PrintWriter out = spec.commandLine().getOut();
      boolean refused =
          source.contains("/") || destination.contains("/") ? service(out) : department(out);
      out.flush();
      return (refused ? Exit.FOUND_SOMETHING : Exit.OK).code();
    }

    private boolean service(PrintWriter out) {
      int slash = destination.indexOf('/');
      String host =
          slash < 0
              ? destination
              : destination.substring(slash + 1) + "." + destination.substring(0, slash);
      ObjectNode question =
          JSON.createObjectNode()
              .put("method", method)
              .put("url", "http://" + host + path)
              .put("from", source);
      JsonNode verdict =
          connection
              .open()
              .post("explain", "application/json", question.toString())
              .path("verdict");
      out.println(verdict.path("kind").asText() + ": " + verdict.path("message").asText());
      return verdict.path("kind").asText().equals("refused");
    }

    private boolean department(PrintWriter out) {
      for (JsonNode cell : connection.open().get("departments").path("cells")) {
        if (cell.path("source").asText().equals(source)
            && cell.path("destination").asText().equals(destination)) {
          out.println(told(cell));
          return List.of("denied", "default").contains(cell.path("decision").asText());
        }
      }
      throw new CommandFailed(
          Exit.NOT_FOUND,
          source
              + " -> "
              + destination
              + ": no such departments (expected: two of those that 'endomesh authz matrix'"
              + " lists)");
    }
  }

  @Command(
      name = "matrix",
      mixinStandardHelpOptions = true,
      description = "Which department may reach which: rows call columns.")
  static final class Matrix implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode answer = connection.open().get("departments");
      List<String> names = new ArrayList<>();
      answer.path("departments").forEach(one -> names.add(one.path("name").asText()));
      List<String[]> table = new ArrayList<>();
      List<String> head = new ArrayList<>(names);
      head.add(0, "FROM \\ TO");
      table.add(head.toArray(String[]::new));
      for (String source : names) {
        String[] row = new String[names.size() + 1];
        row[0] = source;
        for (int i = 0; i < names.size(); i++) {
          row[i + 1] = word(answer.path("cells"), source, names.get(i));
        }
        table.add(row);
      }
      output.print(answer, table);
      for (JsonNode one : answer.path("unreadable")) {
        output.note(
            "not in the table, as it cannot be read: %s/%s/%s: %s; %s until it is mended"
                .formatted(
                    one.path("kind").asText(),
                    one.path("namespace").asText(),
                    one.path("name").asText(),
                    one.path("why").asText(),
                    one.path("meanwhile").asText()));
      }
      return Exit.OK.code();
    }

    private static String word(JsonNode cells, String source, String destination) {
      for (JsonNode cell : cells) {
        if (cell.path("source").asText().equals(source)
            && cell.path("destination").asText().equals(destination)) {
          String word = cell.path("decision").asText();
          return cell.path("dryRun").isNull() ? word : word + " (dry run: denied)";
        }
      }
      return "·";
    }
  }

  @Command(
      name = "dry-run",
      mixinStandardHelpOptions = true,
      description =
          "Lists what policies in a dry run would have refused, and what AUDIT saw, since the"
              + " controller started.")
  static final class DryRun implements Callable<Integer> {

    @Mixin private Connection connection = new Connection();

    @Mixin private Output output = new Output();

    @Override
    public Integer call() {
      JsonNode observed = connection.open().get("refusals").path("observed");
      List<String[]> table = new ArrayList<>();
      table.add(new String[] {"POLICY", "WHAT", "CALLER", "CALLED", "CALLS", "LAST"});
      for (JsonNode one : observed.path("policies")) {
        table.add(
            new String[] {
              one.path("policy").asText(),
              one.path("effect").asText(),
              one.path("sourceId").asText(),
              one.path("destinationId").asText(),
              one.path("total").asText(),
              one.path("lastAt").asText()
            });
      }
      output.print(observed, table);
      return Exit.OK.code();
    }
  }

  private static String told(JsonNode cell) {
    String by = cell.path("by").isNull() ? "" : " by " + cell.path("by").asText();
    String dryRun =
        cell.path("dryRun").isNull()
            ? ""
            : "; " + cell.path("dryRun").asText() + " would deny it, were it no dry run";
    return cell.path("source").asText()
        + " -> "
        + cell.path("destination").asText()
        + ": "
        + switch (cell.path("decision").asText()) {
          case "denied" -> "denied" + by;
          case "default" -> "denied" + by + ", unless a policy of the called service allows it";
          case "allowed" -> "allowed" + by + ", unless a policy of the called service refuses it";
          case "mixed" -> "it depends on the namespaces";
          default -> "nothing is said; the policies of the called service decide";
        }
        + dryRun;
  }
}
