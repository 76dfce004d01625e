package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.net.URLEncoder;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(
    name = "tap",
    mixinStandardHelpOptions = true,
    description = "Shows single calls of a service as they end, until Ctrl-C.",
    footer = {
      "",
      "  endomesh tap shop/orders --status 5xx",
      "  endomesh tap shop/orders --path '/v1/*' --from storefront --slower-than 250",
      "  endomesh tap shop/orders --errors --count 10 -o json",
      "  endomesh tap shop/orders --recent",
      "",
      "It needs the right tap. Queries, headers and bodies are not shown; headers and parameters",
      "that are named are, but for what may be a secret."
    })
final class TapCommand implements Callable<Integer> {

  /** What -o takes: records come one by one, so there is no document. */
  enum Format {
    TEXT,
    JSON
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  /** The API gives no more at once. */
  private static final int MAX_RECENT = 1_000;

  @Mixin private Connection connection = new Connection();

  @Parameters(paramLabel = "SERVICE", description = "as shop/orders")
  private String service = "";

  @Option(names = "--side", paramLabel = "SIDE", description = "server or client; both if not said")
  private @Nullable String side;

  @Option(names = "--status", paramLabel = "STATUS", description = "as 5xx or 404")
  private @Nullable String status;

  @Option(names = "--path", paramLabel = "GLOB", description = "as '/v1/*'")
  private @Nullable String path;

  @Option(names = "--method", paramLabel = "METHOD", description = "as POST")
  private @Nullable String method;

  @Option(names = "--route", paramLabel = "GLOB", description = "as 'HTTPRoute/shop/*'")
  private @Nullable String route;

  @Option(names = "--from", paramLabel = "CALLER", description = "a service or a SPIFFE id")
  private @Nullable String from;

  @Option(names = "--to", paramLabel = "SERVICE", description = "as payments.shop")
  private @Nullable String to;

  @Option(names = "--errors", description = "only what failed")
  private boolean errors;

  @Option(names = "--slower-than", paramLabel = "MS", description = "only what took longer")
  private @Nullable String slowerThan;

  @Option(names = "--share", paramLabel = "0..1", description = "of what matches, only this share")
  private @Nullable String share;

  @Option(names = "--max-rps", paramLabel = "N", description = "at most so many a second; else 50")
  private @Nullable String maxRps;

  @Option(names = "--header", paramLabel = "NAME", description = "show this header as well")
  private List<String> headers = List.of();

  @Option(names = "--query", paramLabel = "NAME", description = "show this parameter as well")
  private List<String> parameters = List.of();

  @Option(names = "--count", paramLabel = "N", description = "end after so many")
  private int count = Integer.MAX_VALUE;

  @Option(
      names = "--recent",
      description =
          "those of the last 15 minutes that the controller keeps, of any filter, and no more")
  private boolean recent;

  @Option(
      names = {"-o", "--output"},
      description = "${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})")
  private Format format = Format.TEXT;

  @Spec private CommandSpec command;

  private volatile int shown;
  private volatile JsonNode last = JSON.createObjectNode();
  private String why = "";
  private boolean loggedOut;
  private String event = "";

  @Override
  public Integer call() {
    if (count < 1) {
      throw new CommandFailed(Exit.USAGE, "count: " + count + " (expected: at least 1)");
    }
    PrintWriter out = command.commandLine().getOut();
    PrintWriter err = command.commandLine().getErr();
    if (recent) {
      return recent(out, err);
    }
    // Ctrl-C is how this ends.
    Thread summary = new Thread(() -> summary(err));
    Runtime.getRuntime().addShutdownHook(summary);
    try {
      connection.open().lines("tap?" + query(), line -> read(line, out, err));
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(summary);
      } catch (IllegalStateException ending) {
        // Then it runs already.
      }
    }
    summary(err);
    if (loggedOut) {
      throw new CommandFailed(
          Exit.NOT_PERMITTED, "the right to tap was taken away, or the login ended");
    }
    if (shown < count) {
      throw new CommandFailed(Exit.FAILED, "the controller ended the stream");
    }
    return Exit.OK.code();
  }

  private int recent(PrintWriter out, PrintWriter err) {
    if (!query().equals("service=" + encoded(service))) {
      throw new CommandFailed(Exit.USAGE, "--recent: takes no filter (expected: --count only)");
    }
    int limit = Math.min(count, MAX_RECENT);
    JsonNode records =
        connection
            .open()
            .get("access-records?service=" + encoded(full(service)) + "&limit=" + limit)
            .path("records");
    for (int i = records.size() - 1; i >= 0; i--) {
      show(records.get(i), out);
    }
    if (records.isEmpty()) {
      err.println("no record is kept: nobody tapped " + service + " in the last 15 minutes");
    }
    err.flush();
    return Exit.OK.code();
  }

  private static String full(String service) {
    return service.indexOf('/') < 0 ? "default/" + service : service;
  }

  private void show(JsonNode record, PrintWriter out) {
    out.println(format == Format.JSON ? record.toString() : text(record));
    out.flush();
  }

  private String query() {
    StringBuilder query = new StringBuilder("service=" + encoded(service));
    add(query, "side", side);
    add(query, "status", status);
    add(query, "path", path);
    add(query, "method", method);
    add(query, "route", route);
    add(query, "from", from);
    add(query, "to", to);
    add(query, "errors", errors ? "true" : null);
    add(query, "slower-than-ms", slowerThan);
    add(query, "share", share);
    add(query, "max-rps", maxRps);
    headers.forEach(name -> add(query, "header", name));
    parameters.forEach(name -> add(query, "query", name));
    return query.toString();
  }

  private static void add(StringBuilder query, String name, @Nullable String value) {
    if (value != null) {
      query.append('&').append(name).append('=').append(encoded(value));
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8);
  }

  /** False once there is enough. */
  private boolean read(String line, PrintWriter out, PrintWriter err) {
    if (line.startsWith("event: ")) {
      event = line.substring("event: ".length());
      loggedOut |= event.equals("logout");
    } else if (line.startsWith("data: ")) {
      JsonNode data = parsed(line.substring("data: ".length()));
      if (event.equals("record")) {
        show(data, out);
        shown++;
      } else if (event.equals("status")) {
        // The first comes at once: that no call has ended by then says nothing.
        if (!last.isEmpty() || data.path("workloads").asInt() == 0) {
          tellWhy(data.path("empty").asText(), err);
        }
        last = data;
      }
    }
    return shown < count && !loggedOut;
  }

  /** Why nothing comes, once for each reason. */
  private void tellWhy(String empty, PrintWriter err) {
    String kind = empty.replaceAll("[0-9]+", "");
    if (!empty.isEmpty() && !kind.equals(why)) {
      why = kind;
      err.println(empty);
      err.flush();
    }
  }

  private static JsonNode parsed(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new CommandFailed(Exit.FAILED, "the controller told of a call in no JSON");
    }
  }

  static String text(JsonNode call) {
    StringBuilder line = new StringBuilder();
    boolean server = call.path("side").asText().equals("server");
    String caller = call.path("endomesh.caller").asText("");
    line.append(call.path("time").asText())
        .append(server ? "  <- " : "  -> ")
        .append(
            server
                ? caller.isEmpty() ? "?" : caller.substring(caller.lastIndexOf('/') + 1)
                : call.path("endomesh.destination").asText())
        .append("  ")
        .append(call.path("http.request.method").asText())
        .append(' ')
        .append(call.path("url.path").asText());
    String query = call.path("url.query").asText("");
    line.append(query.isEmpty() ? "" : "?" + query).append("  ");
    line.append(call.path("http.response.status_code").asText("-"));
    append(line, " ", call.path("rpc.response.status_code"));
    append(line, " ", call.path("error.type"));
    line.append(String.format(Locale.ROOT, "  %.1f ms", call.path("duration_ms").asDouble()));
    if (call.path("endomesh.attempts").asInt() > 1) {
      append(line, "  attempts=", call.path("endomesh.attempts"));
    }
    append(line, "  refused-by=", call.path("endomesh.policy"));
    append(line, "  route=", call.path("endomesh.route"));
    append(line, "  trace=", call.path("trace_id"));
    call.properties()
        .forEach(
            field -> {
              if (field.getKey().startsWith("http.request.header.")) {
                append(
                    line,
                    "  " + field.getKey().substring("http.request.header.".length()) + "=",
                    field.getValue());
              }
            });
    return printable(line);
  }

  private static void append(StringBuilder line, String before, JsonNode value) {
    String text = value.asText("");
    if (!text.isEmpty()) {
      line.append(before).append(text);
    }
  }

  /** What a caller wrote must not move the cursor of who looks. */
  private static String printable(StringBuilder line) {
    for (int i = 0; i < line.length(); i++) {
      if (Character.isISOControl(line.charAt(i))) {
        line.setCharAt(i, '?');
      }
    }
    return line.toString();
  }

  private void summary(PrintWriter err) {
    long seen = last.path("seen").asLong();
    // Of an end before the next status there are no counts.
    String counts =
        seen < shown
            ? ""
            : seen
                + " calls ended, "
                + last.path("matched").asLong()
                + " matched, "
                + last.path("leftOut").asLong()
                + " of them were more than --max-rps lets through; ";
    err.println(
        shown + " shown; " + counts + "workloads looked at: " + last.path("workloads").asInt());
    err.flush();
  }
}
