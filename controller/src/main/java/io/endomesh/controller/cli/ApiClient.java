package io.endomesh.controller.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.ca.SecretFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Talks to a controller's REST API, and turns its errors into sentences. Thread-safe. */
final class ApiClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  /** Until it begins: a large store takes a while to copy. */
  private static final Duration DOWNLOAD_TIMEOUT = Duration.ofMinutes(10);

  private static final int MAX_ERROR_BYTES = 64 << 10;

  private final String controller;
  private final @Nullable String token;
  private final HttpClient http;

  /**
   * @param controller {@code https://host:port}
   * @param token of the administrator, a login or a program; null on loopback
   * @param rootFile PEM of the mesh's root, null for the roots the JVM trusts
   */
  ApiClient(String controller, @Nullable String token, @Nullable Path rootFile) {
    this.controller =
        controller.endsWith("/") ? controller.substring(0, controller.length() - 1) : controller;
    this.token = token;
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5));
    if (rootFile != null) {
      builder.sslContext(trusting(rootFile));
    }
    this.http = builder.build();
  }

  private ApiClient(String controller, @Nullable String token, HttpClient http) {
    this.controller = controller;
    this.token = token;
    this.http = http;
  }

  /** The same controller, spoken to as somebody else. */
  ApiClient as(String otherToken) {
    return new ApiClient(controller, otherToken, http);
  }

  String controller() {
    return controller;
  }

  JsonNode get(String path) {
    return send(request(path).GET());
  }

  JsonNode post(String path, String contentType, String body) {
    return send(
        request(path).header("content-type", contentType).POST(BodyPublishers.ofString(body)));
  }

  JsonNode put(String path, String body) {
    return send(
        request(path)
            .header("content-type", "application/json")
            .PUT(BodyPublishers.ofString(body)));
  }

  /**
   * @param revision the resource still has, 0 if it is to be absent; else the answer is a conflict
   */
  JsonNode put(String path, String body, long revision) {
    return send(
        request(path)
            .header("content-type", "application/json")
            .header("if-match", "\"" + revision + "\"")
            .PUT(BodyPublishers.ofString(body)));
  }

  /**
   * @param revision the resource still has; else the answer is a conflict
   */
  JsonNode delete(String path, long revision) {
    return send(request(path).header("if-match", "\"" + revision + "\"").DELETE());
  }

  JsonNode delete(String path) {
    return send(request(path).DELETE());
  }

  /**
   * Writes an answer that is no JSON to a new file, which its owner alone may read.
   *
   * @throws IOException if it was cut off, or the file cannot be written
   */
  void download(String path, Path file) throws IOException {
    HttpResponse<InputStream> response =
        exchange(request(path).timeout(DOWNLOAD_TIMEOUT).GET(), BodyHandlers.ofInputStream());
    try (InputStream body = response.body()) {
      if (response.statusCode() >= 400) {
        String text = new String(body.readNBytes(MAX_ERROR_BYTES), UTF_8);
        throw new CommandFailed(
            exit(response.statusCode()),
            message(response.statusCode(), body(response.statusCode(), text)));
      }
      SecretFile.copy(body, file);
    }
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request;
    try {
      // What is of no version of the API, as the login, is named from the root.
      String whole = path.startsWith("/") ? path : "/api/v1/" + path;
      request = HttpRequest.newBuilder(URI.create(controller + whole));
    } catch (IllegalArgumentException e) {
      throw new CommandFailed(
          Exit.USAGE, "controller: '" + controller + "' (expected: http[s]://host:port)");
    }
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    return request.header("x-endomesh-request", "cli").timeout(TIMEOUT);
  }

  private JsonNode send(HttpRequest.Builder request) {
    HttpResponse<String> response = exchange(request, BodyHandlers.ofString());
    JsonNode body = body(response.statusCode(), response.body());
    if (response.statusCode() >= 400) {
      throw new CommandFailed(exit(response.statusCode()), message(response.statusCode(), body));
    }
    return body;
  }

  private <T> HttpResponse<T> exchange(
      HttpRequest.Builder request, HttpResponse.BodyHandler<T> handler) {
    try {
      return http.send(request.build(), handler);
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.UNREACHABLE,
          "controller: "
              + controller
              + " does not answer ("
              + e
              + "); start one with `endomesh controller`, or name another by --controller,"
              + " ENDOMESH_CONTROLLER or the config file");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(Exit.FAILED, "interrupted");
    }
  }

  private JsonNode body(int status, String text) {
    if (text.isEmpty()) {
      return JSON.nullNode();
    }
    try {
      return JSON.readTree(text);
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
