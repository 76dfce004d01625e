package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.kinds.Kind;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "rollback",
    mixinStandardHelpOptions = true,
    description = {
      "Gives a resource what it had at a revision of the history, as a new revision.",
      "What others change meanwhile is not lost: the command then ends with 6."
    },
    footer = {
      "",
      "  endomesh history httproute/orders -n shop",
      "  endomesh rollback httproute orders -n shop --to 41 --dry-run"
    })
final class RollbackCommand implements Callable<Integer> {

  /** As many as the controller tells at once. */
  private static final int LIMIT = 500;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Parameters(index = "0", paramLabel = "KIND")
  private String kind = "";

  @Parameters(index = "1", paramLabel = "NAME")
  private String name = "";

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(names = "--to", required = true, paramLabel = "REVISION")
  private long revision;

  @Option(names = "--dry-run", description = "change nothing: check, and show what would change")
  private boolean dryRun;

  @Override
  public Integer call() {
    Kind known = Kinds.named(kind);
    String subject = known.kindName() + " " + namespace + "/" + name;
    ApiClient api = connection.open();
    JsonNode changes = HistoryCommand.of(api, known, namespace, name, LIMIT).path("changes");
    if (changes.isEmpty()) {
      throw new CommandFailed(Exit.NOT_FOUND, subject + ": has no history");
    }
    JsonNode newest = changes.get(0);
    JsonNode now = newest.path("after");
    JsonNode wanted = at(changes, subject);
    PrintWriter out = spec.commandLine().getOut();
    if (wanted.equals(now)) {
      out.println(subject + " unchanged");
    } else if (dryRun) {
      check(api, wanted);
      out.println(subject + " would be " + outcome(wanted) + " (dry run)");
      TextDiff.of(yaml(now), yaml(wanted)).forEach(out::println);
    } else {
      // 0: it is to be absent still.
      long expected = now.isNull() ? 0 : newest.path("revision").asLong();
      write(api, "namespaces/" + namespace + "/" + known.plural() + "/" + name, wanted, expected);
      out.println(subject + " " + outcome(wanted));
    }
    out.flush();
    return Exit.OK.code();
  }

  /** What it was at the revision; null of JSON if it was not there. */
  private JsonNode at(JsonNode changes, String subject) {
    for (JsonNode change : changes) {
      if (change.path("revision").asLong() <= revision) {
        return change.path("after");
      }
    }
    throw new CommandFailed(
        Exit.NOT_FOUND,
        "--to: %d (expected: %d, the oldest revision of %s that is known, or a later one)"
            .formatted(
                revision, changes.get(changes.size() - 1).path("revision").asLong(), subject));
  }

  private static void check(ApiClient api, JsonNode wanted) {
    if (!wanted.isNull()) {
      api.post("apply?dryRun=true", "application/json", wanted.toString());
    }
  }

  private static void write(ApiClient api, String path, JsonNode wanted, long expected) {
    if (wanted.isNull()) {
      api.delete(path, expected);
    } else {
      api.put(path, wanted.toString(), expected);
    }
  }

  private String outcome(JsonNode wanted) {
    return wanted.isNull()
        ? "deleted, as at revision " + revision
        : "rolled back to revision " + revision;
  }

  private static String yaml(JsonNode resource) {
    return resource.isNull() ? "" : Output.yaml(resource);
  }
}
