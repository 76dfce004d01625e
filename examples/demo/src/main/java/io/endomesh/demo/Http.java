package io.endomesh.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** The outside view: plain HTTP/1.1 as a customer's browser or curl speaks it. Thread-safe. */
public final class Http {

  /** Longer than anything the shop promises; a call that takes so long has failed. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(5))
          .build();

  /** Status and body; status 0 means that no answer came, and the body says why. */
  public record Answer(int status, String body) {

    public boolean ok() {
      return status == 200;
    }

    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (IOException e) {
        throw new UncheckedIOException("no JSON: " + body, e);
      }
    }
  }

  public Answer get(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).GET());
  }

  /** With one header more. */
  public Answer get(String url, String name, String value) {
    return send(HttpRequest.newBuilder(URI.create(url)).GET().header(name, value));
  }

  public Answer post(String url) {
    return send(HttpRequest.newBuilder(URI.create(url)).POST(BodyPublishers.noBody()));
  }

  public Answer post(String url, String contentType, String body) {
    return send(
        HttpRequest.newBuilder(URI.create(url))
            .header("content-type", contentType)
            // The controller takes no write that a foreign page could have sent.
            .header("x-endomesh-request", "demo")
            .POST(BodyPublishers.ofString(body)));
  }

  /**
   * Asks as a browser does before a script's request.
   *
   * @return the origin that may call, empty if none may
   */
  public String preflight(String url, String origin, String method) {
    return allowed(
        HttpRequest.newBuilder(URI.create(url))
            .method("OPTIONS", BodyPublishers.noBody())
            .header("origin", origin)
            .header("access-control-request-method", method));
  }

  /**
   * Asks as a script of another site does.
   *
   * @return the origin that may read the answer, empty if none may
   */
  public String allowedOrigin(String url, String origin) {
    return allowed(HttpRequest.newBuilder(URI.create(url)).GET().header("origin", origin));
  }

  /**
   * @return the header of the same name in the answer, empty if there is none
   */
  public String header(String url, String name, String value) {
    return answered(HttpRequest.newBuilder(URI.create(url)).GET().header(name, value), name);
  }

  private String allowed(HttpRequest.Builder request) {
    return answered(request, "access-control-allow-origin");
  }

  /** Empty if there is no such header, or no answer. */
  private String answered(HttpRequest.Builder request, String header) {
    try {
      return exchange(request).headers().firstValue(header).orElse("");
    } catch (IOException e) {
      return "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return "";
    }
  }

  private HttpResponse<String> exchange(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
  }

  public Answer delete(String url) {
    return send(
        HttpRequest.newBuilder(URI.create(url)).header("x-endomesh-request", "demo").DELETE());
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = exchange(request);
      return new Answer(response.statusCode(), response.body());
    } catch (IOException e) {
      return new Answer(0, e.toString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Answer(0, e.toString());
    }
  }
}
