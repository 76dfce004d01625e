package io.endomesh.contracts.httpserver;

import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.ServerUnderTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A server of the JDK, with the handlers the contract asks for. Thread-safe. */
final class JdkServer implements ServerUnderTest {

  static {
    // Without it head and body wait for each other: 40 ms, the delayed ACK of Linux.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(JdkServer::daemon);

  /** Never as long: a test that takes so long has failed. */
  private static final int PATIENCE_SECONDS = 10;

  /**
   * @param pooled if each request gets a thread; else all share that of the dispatcher, as it is if
   *     the application says nothing
   */
  JdkServer(boolean pooled) throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    HttpContext context = server.createContext("/", new Handlers());
    context.getFilters().add(new Answering());
    if (pooled) {
      server.setExecutor(threads);
    }
    server.start();
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "serving");
    thread.setDaemon(true);
    return thread;
  }

  @Override
  public int port() {
    return server.getAddress().getPort();
  }

  /** Waits for the requests that are under way. */
  void stopGracefully() {
    server.stop(PATIENCE_SECONDS);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }

  /** As applications have one: the server itself closes the connection of a handler that throws. */
  private static final class Answering extends Filter {
    @Override
    public void doFilter(HttpExchange exchange, Chain chain) throws IOException {
      try {
        chain.doFilter(exchange);
      } catch (IllegalStateException failure) {
        if (exchange.getRequestURI().getPath().equals("/breaks")) {
          throw failure;
        }
        write(exchange, 500, failure.getMessage());
      }
    }

    @Override
    public String description() {
      return "answers for handlers that throw";
    }
  }

  private final class Handlers implements HttpHandler {
    @Override
    public void handle(HttpExchange exchange) throws IOException {
      String path = exchange.getRequestURI().getPath();
      exchange.getResponseHeaders().set("x-path", path);
      exchange
          .getResponseHeaders()
          .set("x-names", String.join(" ", exchange.getRequestHeaders().keySet()));
      switch (path) {
        case "/context" -> write(exchange, 200, String.valueOf(CallContext.current().caller()));
        case "/async" -> threads.execute(() -> later(exchange));
        case "/fails", "/breaks" -> throw new IllegalStateException("as the test asked");
        case "/half" -> half(exchange);
        case "/certificate" -> throw new IllegalStateException("HttpExchange shows none");
        default -> echo(exchange);
      }
    }
  }

  private static void echo(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, /* chunked */ 0);
    exchange.getRequestBody().transferTo(exchange.getResponseBody());
    exchange.close();
  }

  private static void later(HttpExchange exchange) {
    try {
      write(exchange, 200, "later");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void half(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 2);
    exchange.getResponseBody().write('x');
    exchange.close();
  }

  private static void write(HttpExchange exchange, int status, String text) throws IOException {
    write(exchange, status, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(HttpExchange exchange, int status, byte[] body) throws IOException {
    exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
    if (body.length > 0) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }
}
