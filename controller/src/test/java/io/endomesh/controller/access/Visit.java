package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.Controller;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** A browser that follows no redirect by itself, and keeps cookies. Not thread-safe. */
final class Visit {

  private static final HttpClient HTTP = HttpClient.newHttpClient();

  final Map<String, String> cookies = new HashMap<>();
  private final Controller controller;

  Visit(Controller controller) {
    this.controller = controller;
  }

  HttpResponse<String> get(String path) throws Exception {
    return send("GET", path);
  }

  HttpResponse<String> send(String method, String path) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + controller.address().getPort() + path))
            .header("x-endomesh-request", "test")
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (!cookies.isEmpty()) {
      request.header(
          "cookie",
          cookies.entrySet().stream()
              .map(cookie -> cookie.getKey() + "=" + cookie.getValue())
              .collect(Collectors.joining("; ")));
    }
    HttpResponse<String> answer = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
    for (String cookie : answer.headers().allValues("set-cookie")) {
      String pair = cookie.substring(0, cookie.indexOf(';'));
      String name = pair.substring(0, pair.indexOf('='));
      if (cookie.contains("Max-Age=0")) {
        cookies.remove(name);
      } else {
        cookies.put(name, pair.substring(name.length() + 1));
      }
    }
    return answer;
  }

  static String location(HttpResponse<String> answer) {
    return answer.headers().firstValue("location").orElse("");
  }

  /** Begins a login: what the provider is asked. */
  Map<String, String> begin(String next) throws Exception {
    HttpResponse<String> answer = get("/oidc/login?next=" + next);
    return FakeProvider.form(URI.create(location(answer)).getRawQuery());
  }

  /** Where the browser goes after an answer of the provider. */
  String callback(String query) throws Exception {
    HttpResponse<String> answer = get("/oidc/callback?" + query);
    if (answer.statusCode() != 303) {
      throw new AssertionError(answer.statusCode() + " " + answer.body());
    }
    return location(answer);
  }

  /** A whole login: where the browser is then. */
  String login(FakeProvider provider, String next) throws Exception {
    Map<String, String> asked = begin(next);
    provider.nonce = asked.get("nonce");
    return callback("code=a-code&state=" + asked.get("state"));
  }

  /** Of who is logged in. */
  JsonNode session() throws Exception {
    return Api.JSON.readTree(get("/api/v1/status").body()).path("session");
  }

  int status() throws Exception {
    return get("/api/v1/status").statusCode();
  }

  /** Waits until it is known of the provider what the condition asks: its failure, or none. */
  void awaitProvider(boolean isThere) throws Exception {
    long end = System.nanoTime() + 20_000_000_000L;
    while (failure().isNull() != isThere) {
      if (System.nanoTime() > end) {
        throw new AssertionError(failure().toString());
      }
    }
  }

  JsonNode failure() throws Exception {
    return Api.JSON.readTree(get("/oidc/provider").body()).path("provider").path("failure");
  }
}
