package io.endomesh.controller.browser;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.endomesh.controller.console.StateChanges;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A controller that plays recorded answers in the shape of docs/api.md, with the console's real
 * files and a content security policy as strict as the real one. Thread-safe.
 */
final class FixtureController implements AutoCloseable {

  static final String SECURITY_POLICY =
      "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none';"
          + " form-action 'self'; frame-ancestors 'none'";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Map<String, String> TYPES =
      Map.of(
          "js", "text/javascript", "css", "text/css", "svg", "image/svg+xml", "html", "text/html");

  /** As the real one: see docs/api.md. */
  private static final long EVENT_INTERVAL_MILLIS = 1000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition closing = lock.newCondition();
  private final ObjectNode state;
  private boolean closed;

  private FixtureController(HttpServer server, ObjectNode state) {
    this.server = server;
    this.state = state;
  }

  static FixtureController start() throws IOException {
    return start(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
  }

  static FixtureController start(InetSocketAddress address) throws IOException {
    FixtureController fixture =
        new FixtureController(
            HttpServer.create(address, 0), (ObjectNode) JSON.readTree(recorded("state.json")));
    fixture.server.setExecutor(fixture.threads);
    fixture.server.createContext("/", fixture::answer);
    fixture.server.start();
    return fixture;
  }

  InetSocketAddress address() {
    return server.getAddress();
  }

  String url(String path) {
    return "http://127.0.0.1:" + address().getPort() + path;
  }

  /** Changes what the next event says. */
  void change(Consumer<ObjectNode> how) {
    lock.lock();
    try {
      how.accept(state);
    } finally {
      lock.unlock();
    }
  }

  /** One that runs, as somebody else started it. */
  void startFault() {
    try {
      fault("/api/v1/faults");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      closing.signalAll();
    } finally {
      lock.unlock();
    }
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    try (exchange) {
      exchange.getResponseHeaders().set("content-security-policy", SECURITY_POLICY);
      if (path.equals("/api/v1/events")) {
        events(exchange);
      } else if (path.equals("/api/v1/tap")) {
        taps(exchange);
      } else if (path.equals("/oidc/provider")) {
        send(exchange, 200, "application/json", recorded("provider.json"));
      } else if (path.startsWith("/api/")) {
        byte[] body = data(exchange.getRequestMethod(), path);
        send(exchange, body.length == 0 ? 404 : 200, "application/json", body);
      } else {
        file(exchange, path);
      }
    }
  }

  /** What was tapped, once; then the stream stays open as the other does. */
  private void taps(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    for (JsonNode event : JSON.readTree(recorded("tap.json"))) {
      String text =
          "event: " + event.get("event").asText() + "\ndata: " + event.get("data") + "\n\n";
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    out.flush();
    while (!isClosed()) {
      await();
    }
  }

  private void events(HttpExchange exchange) throws IOException {
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    OutputStream out = exchange.getResponseBody();
    ObjectNode before = null;
    for (ObjectNode now = next(); now != null; now = next()) {
      String event =
          before == null
              ? "event: state\ndata: " + now
              : "event: change\ndata: " + StateChanges.between(before, now);
      before = now;
      out.write((event + "\n\n").getBytes(StandardCharsets.UTF_8));
      out.flush();
      await();
    }
  }

  private boolean isClosed() {
    lock.lock();
    try {
      return closed;
    } finally {
      lock.unlock();
    }
  }

  /** Null when the fixture is being closed. */
  private @Nullable ObjectNode next() {
    lock.lock();
    try {
      if (closed) {
        return null;
      }
      state.put("sequence", state.get("sequence").asLong() + 1);
      return state.deepCopy();
    } finally {
      lock.unlock();
    }
  }

  private void await() {
    lock.lock();
    try {
      if (!closed) {
        closed |= closing.await(EVENT_INTERVAL_MILLIS, TimeUnit.MILLISECONDS) && closed;
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      closed = true;
    } finally {
      lock.unlock();
    }
  }

  private byte[] data(String method, String path) throws IOException {
    if (method.equals("POST") && path.startsWith("/api/v1/faults")) {
      return fault(path);
    }
    if (method.equals("POST")) {
      return recorded(
          path.endsWith("/analyze")
              ? "analyze.json"
              : path.endsWith("/explain")
                  ? "explain.json"
                  : path.endsWith("/revoke")
                      ? "revoked.json"
                      : path.endsWith("/weights") ? "weights.json" : "token.json");
    }
    List<String> parts = List.of(path.substring("/api/v1/".length()).split("/"));
    return switch (parts.get(0)) {
      case "status" -> JSON.writeValueAsBytes(member("status"));
      case "traces" ->
          parts.size() > 1
              ? recorded("trace.json")
              : JSON.writeValueAsBytes(JSON.createObjectNode().set("traces", member("traces")));
      case "namespaces" -> recorded("resource.json");
      case "routes" ->
          recorded(
              path.endsWith("/inventory")
                  ? "route.json"
                  : path.endsWith("/orders") ? "route-proposal.json" : "route-at-rest.json");
      case "series",
          "history",
          "onboarding",
          "departments",
          "mtls",
          "users",
          "audit",
          "faults",
          "ca",
          "causes",
          "tokens",
          "federation",
          "providers",
          "api-tokens" ->
          recorded(parts.get(0) + ".json");
      default -> new byte[0];
    };
  }

  /** Started and stopped tests are in the state, as with the real one. */
  private byte[] fault(String path) throws IOException {
    lock.lock();
    try {
      ObjectNode status = (ObjectNode) state.get("status");
      status.putArray("faults");
      if (!path.endsWith("/stop")) {
        status.withArray("faults").add(JSON.readTree(recorded("faults.json")).at("/faults/0"));
      }
      return recorded("fault.json");
    } finally {
      lock.unlock();
    }
  }

  private JsonNode member(String name) {
    lock.lock();
    try {
      return state.get(name).deepCopy();
    } finally {
      lock.unlock();
    }
  }

  private static void file(HttpExchange exchange, String path) throws IOException {
    String extension = path.substring(path.lastIndexOf('.') + 1);
    String name = TYPES.containsKey(extension) ? path : "/index.html";
    try (InputStream in = FixtureController.class.getResourceAsStream("/console" + name)) {
      if (in == null) {
        send(exchange, 404, "text/plain", new byte[0]);
        return;
      }
      String type = TYPES.getOrDefault(extension, "text/html");
      send(exchange, 200, type + "; charset=utf-8", in.readAllBytes());
    }
  }

  private static void send(HttpExchange exchange, int status, String type, byte[] body)
      throws IOException {
    exchange.getResponseHeaders().set("content-type", type);
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  private static byte[] recorded(String name) throws IOException {
    try (InputStream in = FixtureController.class.getResourceAsStream("/browser/" + name)) {
      if (in == null) {
        throw new IOException("/browser/" + name + ": not on the class path");
      }
      return in.readAllBytes();
    }
  }
}
