package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

@Command(
    name = "trace",
    mixinStandardHelpOptions = true,
    description = "Lists the newest traces, or shows one of them call by call.",
    footer = {
      "",
      "  endomesh trace --service shop/orders --error",
      "  endomesh trace 4bf92f3577b34da6a3ce929d0e0e4736"
    })
final class TraceCommand implements Callable<Integer> {

  /** Columns that the whole duration takes. */
  private static final int WIDTH = 40;

  @Mixin private Connection connection = new Connection();

  @Parameters(arity = "0..1", paramLabel = "ID", description = "(default: list the newest)")
  private @Nullable String id;

  @Option(names = "--service", paramLabel = "SERVICE", description = "only with this one in it")
  private String service = "";

  @Option(names = "--error", description = "only those with a failure")
  private boolean error;

  @Option(names = "--limit", description = "(default: ${DEFAULT-VALUE})")
  private int limit = 20;

  @Mixin private Output output = new Output();

  @Override
  public Integer call() {
    ApiClient api = connection.open();
    if (id == null) {
      list(
          api.get(
              "traces?service="
                  + URLEncoder.encode(service, UTF_8)
                  + "&error="
                  + error
                  + "&limit="
                  + limit));
    } else {
      JsonNode trace = api.get("traces/" + URLEncoder.encode(id, UTF_8));
      output.print(trace, waterfall(trace));
    }
    return Exit.OK.code();
  }

  private void list(JsonNode answer) {
    List<String[]> table = new ArrayList<>();
    table.add(
        new String[] {
          "TRACE", "STARTED", "SERVICE", "CALL", "DURATION", "SPANS", "FAILED", "+SERVICES"
        });
    for (JsonNode trace : answer.path("traces")) {
      table.add(
          new String[] {
            trace.path("traceId").asText(),
            trace.path("startedAt").asText(),
            trace.path("serviceId").asText(),
            trace.path("name").asText(),
            Figures.millis(trace.path("durationMillis")),
            trace.path("spans").asText(),
            failure(trace),
            Figures.joined(trace.path("services"))
          });
    }
    output.print(answer, table);
  }

  private static List<String[]> waterfall(JsonNode trace) {
    List<String[]> table = new ArrayList<>();
    table.add(
        new String[] {"SERVICE", "CALL", "STARTED", "DURATION", "WHEN", "FAILED", "+INSTANCE"});
    Map<String, JsonNode> byId = new HashMap<>();
    trace.path("spans").forEach(span -> byId.put(span.path("spanId").asText(), span));
    double whole = Math.max(1, trace.path("durationMillis").asDouble() * 1000);
    for (JsonNode span : trace.path("spans")) {
      double start = span.path("startOffsetMicros").asDouble();
      double duration = span.path("durationMicros").asDouble();
      table.add(
          new String[] {
            "  ".repeat(depth(span, byId)) + span.path("serviceId").asText(),
            span.path("kind").asText().toLowerCase(Locale.ROOT) + " " + span.path("name").asText(),
            String.format(Locale.ROOT, "%.1f ms", start / 1000),
            String.format(Locale.ROOT, "%.1f ms", duration / 1000),
            bar(start / whole, duration / whole),
            failure(span),
            span.path("instance").asText()
          });
    }
    return table;
  }

  private static int depth(JsonNode span, Map<String, JsonNode> byId) {
    int depth = 0;
    JsonNode parent = byId.get(span.path("parentSpanId").asText());
    // Who sends spans may send a circle.
    while (parent != null && depth < byId.size()) {
      depth++;
      parent = byId.get(parent.path("parentSpanId").asText());
    }
    return depth;
  }

  private static String bar(double start, double share) {
    int from = (int) Math.min(WIDTH - 1, Math.max(0, Math.floor(start * WIDTH)));
    int length = (int) Math.max(1, Math.min(WIDTH - from, Math.round(share * WIDTH)));
    return " ".repeat(from) + "=".repeat(length) + " ".repeat(WIDTH - from - length);
  }

  private static String failure(JsonNode of) {
    String refusedBy = of.path("refusedBy").asText("");
    if (!refusedBy.isEmpty() && !of.path("refusedBy").isNull()) {
      return "refused by " + refusedBy;
    }
    if (!of.path("error").asBoolean()) {
      return "";
    }
    String message = of.path("statusMessage").asText("");
    return message.isEmpty() ? "failed" : "failed: " + message;
  }
}
