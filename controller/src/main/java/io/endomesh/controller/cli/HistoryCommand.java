package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    description = "Shows who changed which resource when, newest first.")
final class HistoryCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Option(names = "--limit", description = "(default: ${DEFAULT-VALUE})")
  private int limit = 20;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    JsonNode answer = connection.open().get("history?limit=" + limit);
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"REVISION", "AT", "WHO", "WHAT", "RESOURCE"});
    JsonNode changes = answer.has("changes") ? answer.path("changes") : answer.path("history");
    for (JsonNode change : changes) {
      String what =
          change.path("before").isNull()
              ? "created"
              : change.path("after").isNull() ? "deleted" : "changed";
      table.add(
          new String[] {
            change.path("revision").asText(),
            change.path("at").asText(),
            change.path("author").asText(),
            what,
            change.path("kind").asText()
                + " "
                + change.path("namespace").asText()
                + "/"
                + change.path("name").asText()
          });
    }
    output.print(answer, table);
    return Exit.OK.code();
  }
}
