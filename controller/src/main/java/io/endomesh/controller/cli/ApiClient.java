package io.endomesh.controller.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.ca.SecretFile;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.HttpURLConnection;
import java.net.MalformedURLException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.Map;
import java.util.function.Predicate;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Talks to a controller's REST API, and turns its errors into sentences. Thread-safe.
 *
 * <p>By HttpURLConnection: a command makes a call or two and ends, and java.net.http takes a third
 * of the whole command's time to start (docs/rationale.md).
 */
final class ApiClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Until it begins: a large store takes a while to copy. */
  private static final Duration DOWNLOAD_TIMEOUT = Duration.ofMinutes(10);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

  private final String controller;
  private final @Nullable String token;
  private final @Nullable SSLSocketFactory trusting;

  static {
    // Else the JDK sends a POST a second time if its connection broke.
    System.setProperty("sun.net.http.retryPost", "false");
  }

  /**
   * @param controller {@code https://host:port}
   * @param token of the administrator, a login or a program; null on loopback
   * @param rootFile PEM of the mesh's root, null for the roots the JVM trusts
   */
  ApiClient(String controller, @Nullable String token, @Nullable Path rootFile) {
    this(
        controller.endsWith("/") ? controller.substring(0, controller.length() - 1) : controller,
        token,
        rootFile == null ? null : trusting(rootFile).getSocketFactory());
  }

  private ApiClient(
      String controller, @Nullable String token, @Nullable SSLSocketFactory trusting) {
    this.controller = controller;
    this.token = token;
    this.trusting = trusting;
  }

  /** The same controller, spoken to as somebody else. */
  ApiClient as(String otherToken) {
    return new ApiClient(controller, otherToken, trusting);
  }

  String controller() {
    return controller;
  }

  JsonNode get(String path) {
    return send("GET", path, Map.of(), null);
  }

  JsonNode post(String path, String contentType, String body) {
    return send("POST", path, Map.of("content-type", contentType), body);
  }

  JsonNode put(String path, String body) {
    return send("PUT", path, Map.of("content-type", "application/json"), body);
  }

  /**
   * @param revision the resource still has, 0 if it is to be absent; else the answer is a conflict
   */
  JsonNode put(String path, String body, long revision) {
    Map<String, String> headers =
        Map.of("content-type", "application/json", "if-match", "\"" + revision + "\"");
    return send("PUT", path, headers, body);
  }

  /**
   * @param revision the resource still has; else the answer is a conflict
   */
  JsonNode delete(String path, long revision) {
    return send("DELETE", path, Map.of("if-match", "\"" + revision + "\""), null);
  }

  JsonNode delete(String path) {
    return send("DELETE", path, Map.of(), null);
  }

  /**
   * An answer that goes on, line by line as it comes.
   *
   * @param reader returns false once it has enough
   */
  void lines(String path, Predicate<String> reader) {
    try {
      HttpURLConnection connection = open("GET", path, Map.of("accept", "text/event-stream"));
      int status = connection.getResponseCode();
      // The time is that until it begins.
      connection.setReadTimeout(0);
      if (status >= 400) {
        throw failed(status, body(status, content(connection, status)));
      }
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8))) {
        String line = lines.readLine();
        while (line != null && reader.test(line)) {
          line = lines.readLine();
        }
      } finally {
        connection.disconnect();
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
  }

  /**
   * Writes an answer that is no JSON to a new file, which its owner alone may read.
   *
   * @throws IOException if it was cut off, or the file cannot be written
   */
  void download(String path, Path file) throws IOException {
    HttpURLConnection connection;
    int status;
    try {
      connection = open("GET", path, Map.of());
      connection.setReadTimeout((int) DOWNLOAD_TIMEOUT.toMillis());
      status = connection.getResponseCode();
      if (status >= 400) {
        throw failed(status, body(status, content(connection, status)));
      }
    } catch (IOException e) {
      throw unreachable(e);
    }
    try (InputStream body = connection.getInputStream()) {
      SecretFile.copy(body, file);
    }
  }

  private HttpURLConnection open(String method, String path, Map<String, String> headers)
      throws IOException {
    HttpURLConnection connection;
    try {
      // What is of no version of the API, as the login, is named from the root.
      URI uri = URI.create(controller + (path.startsWith("/") ? path : "/api/v1/" + path));
      if (!(uri.toURL().openConnection() instanceof HttpURLConnection opened)
          || uri.getHost() == null) {
        throw badAddress();
      }
      connection = opened;
    } catch (IllegalArgumentException | MalformedURLException e) {
      throw badAddress();
    }
    if (connection instanceof HttpsURLConnection secure && trusting != null) {
      secure.setSSLSocketFactory(trusting);
    }
    connection.setRequestMethod(method);
    connection.setInstanceFollowRedirects(false);
    connection.setUseCaches(false);
    connection.setConnectTimeout((int) CONNECT_TIMEOUT.toMillis());
    connection.setReadTimeout((int) TIMEOUT.toMillis());
    headers.forEach(connection::setRequestProperty);
    connection.setRequestProperty("x-endomesh-request", "cli");
    if (token != null) {
      connection.setRequestProperty("authorization", "Bearer " + token);
    }
    return connection;
  }

  private CommandFailed badAddress() {
    return new CommandFailed(
        Exit.USAGE, "controller: '" + controller + "' (expected: http[s]://host:port)");
  }

  private JsonNode send(
      String method, String path, Map<String, String> headers, @Nullable String body) {
    int status;
    String content;
    try {
      HttpURLConnection connection = open(method, path, headers);
      if (body != null) {
        connection.setDoOutput(true);
        try (var out = connection.getOutputStream()) {
          out.write(body.getBytes(StandardCharsets.UTF_8));
        }
      }
      status = connection.getResponseCode();
      content = content(connection, status);
    } catch (IOException e) {
      throw unreachable(e);
    }
    JsonNode answer = body(status, content);
    if (status >= 400) {
      throw failed(status, answer);
    }
    return answer;
  }

  private static String content(HttpURLConnection connection, int status) throws IOException {
    InputStream stream = status >= 400 ? connection.getErrorStream() : connection.getInputStream();
    if (stream == null) {
      return "";
    }
    try (stream) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private CommandFailed unreachable(IOException e) {
    return new CommandFailed(
        Exit.UNREACHABLE,
        "controller: "
            + controller
            + " does not answer ("
            + e
            + "); start one with `endomesh controller`, or name another by --controller,"
            + " ENDOMESH_CONTROLLER or the config file");
  }

  private static CommandFailed failed(int status, JsonNode body) {
    return new CommandFailed(exit(status), message(status, body));
  }

  private JsonNode body(int status, String content) {
    if (content.isEmpty()) {
      return JSON.nullNode();
    }
    try {
      return JSON.readTree(content);
    } catch (JsonProcessingException e) {
      throw new CommandFailed(
          Exit.FAILED,
          controller
              + " answered "
              + status
              + " with what is no JSON; is it an"
              + " Endomesh controller?");
    }
  }

  private static String message(int status, JsonNode body) {
    String message = body.path("error").path("message").asText("");
    return message.isEmpty() ? "the controller answered " + status : message;
  }

  private static Exit exit(int status) {
    return switch (status) {
      case 400 -> Exit.INVALID;
      case 401, 403 -> Exit.NOT_PERMITTED;
      case 404 -> Exit.NOT_FOUND;
      case 409, 412 -> Exit.CONFLICT;
      default -> Exit.FAILED;
    };
  }

  private static SSLContext trusting(Path rootFile) {
    try (InputStream in = Files.newInputStream(rootFile)) {
      KeyStore roots = KeyStore.getInstance("PKCS12");
      roots.load(null, null);
      roots.setCertificateEntry(
          "mesh", CertificateFactory.getInstance("X.509").generateCertificate(in));
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(roots);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException | GeneralSecurityException e) {
      throw new CommandFailed(
          Exit.USAGE, "server-ca: " + rootFile + " cannot be used (" + e.getMessage() + ")");
    }
  }
}
