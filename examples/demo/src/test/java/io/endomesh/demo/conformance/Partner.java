package io.endomesh.demo.conformance;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Servers outside the mesh that answer with what arrived: one in plaintext, one by TLS with a
 * certificate of {@code keytool}'s and a root of its own; {@code first} and {@code second}, which
 * are alike; {@code slow}; and {@code silent}, which never answers. All say 503 to {@value
 * #UNAVAILABLE}, and the one that {@value #REST} names says 503 with Retry-After. {@code nobody} is
 * a port that refuses connections. Thread-safe.
 */
final class Partner implements AutoCloseable {

  /** What its certificate proves. */
  static final String NAME = "api.partner.example";

  /** Header by which calls are told apart that were made together. */
  static final String MARK = "x-mark";

  private static final String UNAVAILABLE = "/unavailable";

  /** Header with the name of the server that asks for a rest. */
  private static final String REST = "x-rest";

  /** Longer than a case takes. */
  private static final String REST_SECONDS = "60";

  /** Ten times what a call takes on a machine that is busy. */
  private static final long SLOW_MILLIS = 100;

  private final ObjectMapper json = new ObjectMapper();
  private final Map<String, HttpServer> servers = new LinkedHashMap<>();
  private final HttpsServer tls;

  /** Bound and never listening: nobody else can have its port. */
  private final Socket nobody = new Socket();

  private final String root;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Map<String, Map<String, Integer>> received = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "partner");
            thread.setDaemon(true);
            return thread;
          });

  Partner(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
    String password = UUID.randomUUID().toString();
    KeyStore store = keyStore(directory.resolve("partner.p12"), password);
    root = pem(store.getCertificate(NAME).getEncoded());
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, password.toCharArray());
    SSLContext context = SSLContext.getInstance("TLS");
    // No trust of its own: it asks nobody for a certificate. Its own one is checked by who calls,
    // which is what the cases are about (EgressTlsUntrusted, EgressTlsWrongName).
    context.init(keys.getKeyManagers(), null, null);

    InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    for (String name : List.of("partner", "first", "second", "slow", "silent")) {
      HttpServer server = HttpServer.create(anyPort, 0);
      servers.put(name, server);
      start(server, name);
    }
    nobody.bind(anyPort);
    tls = HttpsServer.create(anyPort, 0);
    tls.setHttpsConfigurator(new HttpsConfigurator(context));
    start(tls, "partner by TLS");
  }

  private static KeyStore keyStore(Path file, String password)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path log = file.resolveSibling("keytool.log");
    Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                keytool.toString(),
                "-genkeypair",
                "-keyalg",
                "EC",
                "-alias",
                NAME,
                "-dname",
                "CN=" + NAME,
                "-ext",
                "san=dns:" + NAME,
                "-keystore",
                file.toString(),
                "-storepass:env",
                "STORE_PASSWORD"));
    builder.environment().put("STORE_PASSWORD", password);
    int exit = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start().waitFor();
    if (exit != 0) {
      throw new IllegalStateException("keytool: " + Files.readString(log));
    }
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, password.toCharArray());
    }
    return store;
  }

  /** RFC 7468. */
  private static String pem(byte[] certificate) {
    return "-----BEGIN CERTIFICATE-----\n%s\n-----END CERTIFICATE-----\n"
        .formatted(Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate));
  }

  private void start(HttpServer server, String name) {
    server.createContext(
        "/",
        exchange -> {
          count(exchange.getRequestHeaders(), name);
          if (holdsBack(name)) {
            exchange.close();
          } else {
            answer(exchange, name);
          }
        });
    server.setExecutor(threads);
    server.start();
  }

  private void count(Headers headers, String name) {
    String mark = headers.getFirst(MARK);
    if (mark != null) {
      received
          .computeIfAbsent(mark, first -> new ConcurrentHashMap<>())
          .merge(name, 1, Integer::sum);
    }
  }

  /** Waits as long as the server of that name does; true if it gives no answer at all. */
  private boolean holdsBack(String name) {
    try {
      switch (name) {
        case "slow" -> closed.await(SLOW_MILLIS, TimeUnit.MILLISECONDS);
        case "silent" -> {
          closed.await();
          return true;
        }
        default -> {}
      }
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** How many requests with a mark each server got so far. */
  Map<String, Integer> received(String mark) {
    return Map.copyOf(received.getOrDefault(mark, Map.of()));
  }

  private void answer(HttpExchange exchange, String name) throws IOException {
    Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    exchange
        .getRequestHeaders()
        .forEach(
            (header, values) ->
                headers.put(header.toLowerCase(Locale.ROOT), String.join(",", values)));
    byte[] answer =
        json.writeValueAsBytes(
            Map.of(
                "by",
                name,
                "method",
                exchange.getRequestMethod(),
                "path",
                exchange.getRequestURI().getPath(),
                "headers",
                headers));
    boolean rests = name.equals(exchange.getRequestHeaders().getFirst(REST));
    if (rests) {
      exchange.getResponseHeaders().set("retry-after", REST_SECONDS);
    }
    boolean fails = rests || exchange.getRequestURI().getPath().equals(UNAVAILABLE);
    exchange.sendResponseHeaders(fails ? 503 : 200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  /** {@code text} with what only a started partner knows; the root as a quoted string of YAML. */
  String complete(String text) {
    String complete =
        text.replace("{TLS port of partner}", port(tls))
            .replace("{port of nobody}", Integer.toString(nobody.getLocalPort()))
            .replace("{root of partner}", root.replace("\n", "\\n"));
    for (Map.Entry<String, HttpServer> server : servers.entrySet()) {
      complete = complete.replace("{port of " + server.getKey() + "}", port(server.getValue()));
    }
    return complete;
  }

  private static String port(HttpServer server) {
    return Integer.toString(server.getAddress().getPort());
  }

  @Override
  public void close() throws IOException {
    closed.countDown();
    nobody.close();
    servers.values().forEach(server -> server.stop(0));
    tls.stop(0);
    threads.shutdownNow();
  }
}
