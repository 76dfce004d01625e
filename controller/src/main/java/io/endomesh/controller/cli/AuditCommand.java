package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "audit",
    mixinStandardHelpOptions = true,
    description = "Shows who did what to the controller, and what was refused, newest first.",
    footer = {
      "",
      "  endomesh audit --denied --since PT1H",
      "  endomesh audit --user anna -o json",
      "",
      "JSON has what was there before and after as well."
    })
final class AuditCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Option(names = "--denied", description = "only what was refused")
  private boolean denied;

  @Option(
      names = "--since",
      paramLabel = "TIME",
      description = "from then on: a time as 2026-11-27T10:00:00Z, or a duration back, as PT1H")
  private @Nullable String since;

  @Option(names = "--user", paramLabel = "NAME", description = "only what this one did")
  private @Nullable String user;

  @Option(names = "--limit", description = "(default: ${DEFAULT-VALUE})")
  private int limit = 50;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    StringBuilder query = new StringBuilder("audit?limit=" + limit + "&denied=" + denied);
    if (since != null) {
      query.append("&since=").append(instant(since));
    }
    if (user != null) {
      query.append("&user=").append(URLEncoder.encode(user, UTF_8));
    }
    JsonNode answer = connection.open().get(query.toString());
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"AT", "WHO", "FROM", "WHAT", "OF", "TIMES", "WHY"});
    for (JsonNode entry : answer.path("entries")) {
      table.add(
          new String[] {
            entry.path("at").asText(),
            entry.path("who").asText(),
            entry.path("from").asText(),
            entry.path("action").asText(),
            entry.path("subject").asText(),
            entry.path("times").asText(),
            entry.path("why").asText()
          });
    }
    output.print(answer, table);
    return Exit.OK.code();
  }

  private static Instant instant(String text) {
    try {
      return text.startsWith("P") ? Instant.now().minus(Duration.parse(text)) : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new CommandFailed(
          Exit.USAGE, "since: '" + text + "' (expected: as PT1H or 2026-11-27T10:00:00Z)");
    }
  }
}
