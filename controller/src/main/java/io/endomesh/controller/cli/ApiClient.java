package io.endomesh.controller.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/** Talks to a controller's REST API, and turns its errors into sentences. Thread-safe. */
final class ApiClient {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Duration TIMEOUT = Duration.ofSeconds(30);

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
   * An answer that goes on, line by line as it comes.
   *
   * @param reader returns false once it has enough
   */
  void lines(String path, Predicate<String> reader) {
    // The time is that until it begins.
    HttpRequest request = request(path).header("accept", "text/event-stream").GET().build();
    try {
      HttpResponse<InputStream> response = http.send(request, BodyHandlers.ofInputStream());
      try (BufferedReader lines =
          new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
        if (response.statusCode() >= 400) {
          JsonNode body = JSON.readTree(lines);
          String message = body.path("error").path("message").asText("");
          throw new CommandFailed(
              exit(response.statusCode()),
              message.isEmpty() ? "the controller answered " + response.statusCode() : message);
        }
        String line = lines.readLine();
        while (line != null && reader.test(line)) {
          line = lines.readLine();
        }
      }
    } catch (IOException e) {
      throw new CommandFailed(
          Exit.UNREACHABLE, "controller: " + controller + " does not answer (" + e + ")");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailed(Exit.FAILED, "interrupted");
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
    HttpResponse<String> response;
    try {
      response = http.send(request.build(), BodyHandlers.ofString());
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
    JsonNode body = body(response);
    if (response.statusCode() >= 400) {
      throw new CommandFailed(exit(response.statusCode()), message(response, body));
    }
    return body;
  }

  private JsonNode body(HttpResponse<String> response) {
    if (response.body().isEmpty()) {
      return JSON.nullNode();
    }
    try {
      return JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      throw new CommandFailed(
          Exit.FAILED,
          controller
              + " answered "
              + response.statusCode()
              + " with what is no JSON; is it an"
              + " Endomesh controller?");
    }
  }

  private static String message(HttpResponse<String> response, JsonNode body) {
    String message = body.path("error").path("message").asText("");
    return message.isEmpty() ? "the controller answered " + response.statusCode() : message;
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
