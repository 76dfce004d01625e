package io.endomesh.testkit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsExchange;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.PeerIdentities;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A server for client contracts, which knows nothing of the mesh: it answers with its name, or as
 * it is told, and remembers what arrived. With an identity it speaks mutual TLS only. Thread-safe.
 */
public final class Backend implements AutoCloseable {

  static {
    // Without it the JDK's server waits for a delayed ACK, 40 ms on Linux, between head and body.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final String name;
  private final @Nullable String identity;
  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool(Backend::daemon);
  private final List<Received> received = new CopyOnWriteArrayList<>();
  private final Set<Integer> connections = ConcurrentHashMap.newKeySet();
  private final CountDownLatch released = new CountDownLatch(1);
  private volatile int status = 200;
  private volatile boolean holds;
  private volatile boolean breaks;
  private final Map<String, String> responseHeaders = new ConcurrentHashMap<>();
  private volatile @Nullable String location;
  private volatile @Nullable HttpHandler handler;

  /** One request as it arrived; header names in lower case. */
  public record Received(
      String method,
      String uri,
      Map<String, List<String>> headers,
      byte[] body,
      List<String> peerIdentities) {

    public @Nullable String header(String lowerCaseName) {
      List<String> values = headers.get(lowerCaseName);
      return values == null ? null : values.get(0);
    }
  }

  private Backend(String name, @Nullable Identity tls) {
    this.name = name;
    this.identity = tls == null ? null : tls.spiffeId();
    try {
      InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
      server = tls == null ? HttpServer.create(address, 0) : secure(address, tls);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  public static Backend plaintext(String name) {
    return new Backend(name, null);
  }

  /** Proves to be {@code service} of the default namespace. */
  public static Backend mutualTls(String name, String service) {
    return new Backend(name, TestRoutes.AUTHORITY.identity(TestRoutes.spiffeId(service)));
  }

  private static HttpsServer secure(InetSocketAddress address, Identity tls) throws IOException {
    HttpsServer https = HttpsServer.create(address, 0);
    https.setHttpsConfigurator(
        new HttpsConfigurator(tls.serverContext()) {
          @Override
          public void configure(HttpsParameters parameters) {
            SSLParameters needed = getSSLContext().getDefaultSSLParameters();
            needed.setNeedClientAuth(true);
            parameters.setSSLParameters(needed);
          }
        });
    return https;
  }

  private static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "backend");
    thread.setDaemon(true);
    return thread;
  }

  /** As the mesh would know it. */
  public Endpoint endpoint() {
    return TestRoutes.endpoint(port(), identity);
  }

  public int port() {
    return server.getAddress().getPort();
  }

  public Backend answering(int statusCode) {
    status = statusCode;
    return this;
  }

  public Backend redirecting(int statusCode, String target) {
    location = target;
    return answering(statusCode);
  }

  /** Keeps every request without an answer until it is closed. */
  public Backend holding() {
    holds = true;
    return this;
  }

  /** Closes the connection of every request without an answer. */
  public Backend breaking() {
    breaks = true;
    return this;
  }

  /** Gives a header to all answers. */
  public Backend returning(String header, String value) {
    responseHeaders.put(header, value);
    return this;
  }

  /** Leaves every request to a handler, and remembers nothing of it. */
  public Backend handling(HttpHandler own) {
    handler = own;
    return this;
  }

  public List<Received> received() {
    return received;
  }

  /** The only request that arrived. */
  public Received only() {
    if (received.size() != 1) {
      throw new AssertionError("requests at " + name + ": " + received.size() + " (expected: 1)");
    }
    return received.get(0);
  }

  /** How many connections were used so far. */
  public int connections() {
    return connections.size();
  }

  private void handle(HttpExchange exchange) throws IOException {
    HttpHandler own = handler;
    try (exchange) {
      if (own != null) {
        own.handle(exchange);
        return;
      }
      byte[] body = exchange.getRequestBody().readAllBytes();
      Map<String, List<String>> headers = new TreeMap<>();
      exchange
          .getRequestHeaders()
          .forEach((header, values) -> headers.put(header.toLowerCase(Locale.ROOT), values));
      connections.add(exchange.getRemoteAddress().getPort());
      received.add(
          new Received(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              headers,
              body,
              exchange instanceof HttpsExchange https
                  ? PeerIdentities.of(https.getSSLSession())
                  : List.of()));
      if (holds) {
        released.await();
        return;
      }
      if (breaks) {
        return;
      }
      responseHeaders.forEach(exchange.getResponseHeaders()::set);
      String target = location;
      if (target != null) {
        exchange.getResponseHeaders().set("Location", target);
      }
      byte[] answer = body.length > 0 ? body : name.getBytes(StandardCharsets.UTF_8);
      exchange.getResponseHeaders().set("x-backend", name);
      exchange.sendResponseHeaders(status, answer.length);
      exchange.getResponseBody().write(answer);
    } catch (InterruptedException closing) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    released.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
