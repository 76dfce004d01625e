package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.kinds.Kind;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
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
      "Takes back all that one revision changed, or gives one resource what it had at a revision.",
      "It is a new revision. What others change meanwhile is not lost: the command then ends with"
          + " 6."
    },
    footer = {
      "",
      "  endomesh rollback 42 --dry-run",
      "  endomesh rollback 42 -m 'orders fails since'",
      "  endomesh history httproute/orders -n shop",
      "  endomesh rollback httproute orders -n shop --to 41 --dry-run"
    })
final class RollbackCommand implements Callable<Integer> {

  /** As many as the controller tells at once. */
  private static final int LIMIT = 500;

  @Spec private CommandSpec spec;
  @Mixin private Connection connection = new Connection();

  @Parameters(
      index = "0",
      paramLabel = "REVISION|KIND",
      description = "a revision to take back, with all that it changed; or the kind of a resource")
  private String what = "";

  @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "of the resource")
  private @Nullable String name;

  @Option(
      names = {"-n", "--namespace"},
      description = "(default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(
      names = "--to",
      paramLabel = "REVISION",
      description = "that the resource is to be as it was at")
  private @Nullable Long to;

  @Mixin private WhyOption why = new WhyOption();

  @Option(names = "--dry-run", description = "change nothing: check, and show what would change")
  private boolean dryRun;

  @Override
  public Integer call() {
    if (name == null && to == null && what.matches("[0-9]{1,18}")) {
      return all(Long.parseLong(what));
    }
    if (name == null || to == null) {
      throw new CommandFailed(
          Exit.USAGE, "rollback: " + what + " (expected: REVISION, or KIND NAME --to REVISION)");
    }
    return one(name, to);
  }

  private int all(long revision) {
    String path = "history/" + revision + "/rollback?dryRun=" + dryRun;
    JsonNode answer = connection.open().post(why.addTo(path), "application/json", "");
    PrintWriter out = spec.commandLine().getOut();
    for (JsonNode resource : answer.path("resources")) {
      if (dryRun) {
        DiffCommand.print(resource, spec.commandLine());
      } else {
        out.printf(
            "%s %s/%s %s%n",
            resource.path("kind").asText(),
            resource.path("namespace").asText(),
            resource.path("name").asText(),
            resource.path("action").asText());
      }
    }
    out.println(
        dryRun
            ? "revision " + revision + " would be taken back (dry run)"
            : "revision "
                + revision
                + " taken back, as revision "
                + answer.path("revision").asText());
    out.flush();
    return Exit.OK.code();
  }

  private int one(String name, long revision) {
    Kind known = Kinds.named(what);
    String subject = known.kindName() + " " + namespace + "/" + name;
    ApiClient api = connection.open();
    JsonNode changes = HistoryCommand.of(api, known, namespace, name, LIMIT).path("changes");
    if (changes.isEmpty()) {
      throw new CommandFailed(Exit.NOT_FOUND, subject + ": has no history");
    }
    JsonNode newest = changes.get(0);
    JsonNode now = newest.path("after");
    JsonNode wanted = at(changes, subject, revision);
    PrintWriter out = spec.commandLine().getOut();
    if (wanted.equals(now)) {
      out.println(subject + " unchanged");
    } else if (dryRun) {
      check(api, wanted);
      out.println(subject + " would be " + outcome(wanted, revision) + " (dry run)");
      TextDiff.of(yaml(now), yaml(wanted)).forEach(out::println);
    } else {
      // 0: it is to be absent still.
      long expected = now.isNull() ? 0 : newest.path("revision").asLong();
      String path = "namespaces/" + namespace + "/" + known.plural() + "/" + name;
      write(api, why.addTo(path, "rollback to revision " + revision), wanted, expected);
      out.println(subject + " " + outcome(wanted, revision));
    }
    out.flush();
    return Exit.OK.code();
  }

  /** What it was at the revision; null of JSON if it was not there. */
  private static JsonNode at(JsonNode changes, String subject, long revision) {
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

  private static String outcome(JsonNode wanted, long revision) {
    return wanted.isNull()
        ? "deleted, as at revision " + revision
        : "rolled back to revision " + revision;
  }

  private static String yaml(JsonNode resource) {
    return resource.isNull() ? "" : Output.yaml(resource);
  }
}
