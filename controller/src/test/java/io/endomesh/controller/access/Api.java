package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.Controller;
import io.endomesh.controller.ControllerOptions;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A controller that asks for a login, and requests to it with one token or another. */
final class Api implements AutoCloseable {

  static final ObjectMapper JSON = new ObjectMapper();

  /** Long enough for {@link Passwords}. */
  static final String PASSWORD = "a mesh within the JVM";

  final Controller controller;
  private final Path dataDir;
  private final HttpClient http = HttpClient.newHttpClient();

  record Answer(int status, String body, HttpResponse<?> response) {

    JsonNode json() throws Exception {
      return JSON.readTree(body);
    }
  }

  private Api(Controller controller, Path dataDir) {
    this.controller = controller;
    this.dataDir = dataDir;
  }

  static Api start(Path dataDir) throws Exception {
    return new Api(Controller.start(options(dataDir)), dataDir);
  }

  private static ControllerOptions options(Path dataDir) {
    ControllerOptions defaults = ControllerOptions.onFreePort(dataDir);
    return new ControllerOptions(
        defaults.host(),
        0,
        null,
        dataDir,
        defaults.trustDomain(),
        Duration.ofSeconds(3),
        null,
        /* loginRequired= */ true);
  }

  String adminToken() throws Exception {
    return Files.readString(dataDir.resolve("admin-token")).trim();
  }

  /** Makes a user with {@link #PASSWORD} and logs in: the token of the session. */
  String user(String name, String role) throws Exception {
    Answer made =
        send(
            adminToken(),
            "POST",
            "/api/v1/users",
            "{\"name\":\""
                + name
                + "\",\"role\":\""
                + role
                + "\",\"password\":\""
                + PASSWORD
                + "\"}");
    if (made.status() != 201) {
      throw new AssertionError(made.body());
    }
    return login(name, PASSWORD).json().path("token").asText();
  }

  Answer login(String name, String password) throws Exception {
    return send(
        null,
        "POST",
        "/login",
        JSON.createObjectNode()
            .put("user", name)
            .put("password", password)
            .put("bearer", true)
            .toString());
  }

  /** With the header that a write of a page needs. */
  Answer send(@Nullable String token, String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(url(path)))
            .header("x-endomesh-request", "test")
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (token != null) {
      request.header("authorization", "Bearer " + token);
    }
    HttpResponse<InputStream> response =
        http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    try (InputStream in = response.body()) {
      boolean endless =
          response.headers().firstValue("content-type").orElse("").startsWith("text/event-stream");
      String text = endless ? "" : new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return new Answer(response.statusCode(), text, response);
    }
  }

  Answer get(@Nullable String token, String path) throws Exception {
    return send(token, "GET", path, "");
  }

  String url(String path) {
    return "http://127.0.0.1:" + controller.address().getPort() + path;
  }

  @Override
  public void close() {
    controller.close();
  }
}
