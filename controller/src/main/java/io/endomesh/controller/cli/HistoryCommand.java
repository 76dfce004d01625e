package io.endomesh.controller.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.kinds.Kind;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "history",
    mixinStandardHelpOptions = true,
    description = "Shows who changed which resource when and why, newest first.",
    footer = {"", "  endomesh history", "  endomesh history httproute/orders -n shop"})
final class HistoryCommand implements Callable<Integer> {

  @Mixin private Connection connection = new Connection();

  @Parameters(
      arity = "0..1",
      paramLabel = "KIND/NAME",
      description = "of this resource only (default: of all)")
  private @Nullable String resource;

  @Option(
      names = {"-n", "--namespace"},
      description = "of KIND/NAME (default: ${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(names = "--limit", description = "(default: ${DEFAULT-VALUE})")
  private int limit = 20;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    JsonNode answer = answer(connection.open());
    List<String[]> table = new ArrayList<>();
    table.add(new String[] {"REVISION", "AT", "WHO", "WHAT", "RESOURCE", "WHY"});
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
                + change.path("name").asText(),
            change.path("why").asText("")
          });
    }
    output.print(answer, table);
    return Exit.OK.code();
  }

  private JsonNode answer(ApiClient api) {
    if (resource == null) {
      return api.get("history?limit=" + limit);
    }
    int slash = resource.indexOf('/');
    if (slash < 1 || slash == resource.length() - 1) {
      throw new CommandFailed(
          Exit.USAGE, "KIND/NAME: '" + resource + "' (expected: as httproute/orders)");
    }
    Kind kind = Kinds.named(resource.substring(0, slash));
    return of(api, kind, namespace, resource.substring(slash + 1), limit);
  }

  /** Of one resource, newest first. */
  static JsonNode of(ApiClient api, Kind kind, String namespace, String name, int limit) {
    return api.get(
        "history?kind=%s&namespace=%s&name=%s&limit=%d"
            .formatted(kind.kindName(), encoded(namespace), encoded(name), limit));
  }

  static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8);
  }
}
