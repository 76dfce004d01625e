package io.endomesh.contracts.urlconnection;

import io.endomesh.testkit.Callers;
import io.endomesh.testkit.HttpClientContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.CookieHandler;
import java.net.CookieManager;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/** The contract on {@code HttpURLConnection}: how this client makes its calls. */
abstract class UrlConnectionContract extends HttpClientContract {

  final CookieManager cookies = new CookieManager();
  private final Callers callers = new Callers();

  static Thread daemon(Runnable task) {
    Thread thread = new Thread(task, "caller");
    thread.setDaemon(true);
    return thread;
  }

  @BeforeAll
  static void awaitWeaving() {
    WovenJdk.await();
  }

  /** Cookies are kept for the whole JVM, or not at all. */
  @AfterEach
  void forget() {
    CookieHandler.setDefault(null);
    callers.close();
  }

  static HttpURLConnection open(String url) throws IOException {
    return (HttpURLConnection) URI.create(url).toURL().openConnection();
  }

  @Override
  protected Answer call(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException {
    HttpURLConnection connection = open(url);
    connection.setRequestMethod(method);
    headers.forEach(connection::addRequestProperty);
    if (body != null) {
      connection.setDoOutput(true);
      try (OutputStream out = connection.getOutputStream()) {
        out.write(body);
      }
    }
    return answer(connection);
  }

  /** The library waits only if it does not keep the body. */
  @Override
  protected Answer expecting(String url, byte[] body) throws IOException {
    HttpURLConnection connection = open(url);
    connection.setRequestMethod("POST");
    connection.setRequestProperty("Expect", "100-continue");
    connection.setDoOutput(true);
    connection.setFixedLengthStreamingMode(body.length);
    try (OutputStream out = connection.getOutputStream()) {
      out.write(body);
    }
    return answer(connection);
  }

  @Override
  protected Answer stream(String url, InputStream body) throws IOException {
    HttpURLConnection connection = open(url);
    connection.setRequestMethod("POST");
    connection.setDoOutput(true);
    connection.setChunkedStreamingMode(0);
    try (OutputStream out = connection.getOutputStream()) {
      body.transferTo(out);
    }
    return answer(connection);
  }

  @Override
  protected int download(String url, OutputStream sink) throws IOException {
    HttpURLConnection connection = open(url);
    try (InputStream in = connection.getInputStream()) {
      in.transferTo(sink);
    }
    return connection.getResponseCode();
  }

  @Override
  protected CompletableFuture<Answer> start(String url) {
    try {
      HttpURLConnection connection = open(url);
      return callers.start(() -> answer(connection), connection::disconnect);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  protected Answer getUnfollowed(String url) throws IOException {
    HttpURLConnection connection = open(url);
    connection.setInstanceFollowRedirects(false);
    return answer(connection);
  }

  @Override
  protected Answer getWithCookies(String url) throws IOException {
    CookieHandler.setDefault(cookies);
    return answer(open(url));
  }

  private static Answer answer(HttpURLConnection connection) throws IOException {
    int status = connection.getResponseCode();
    Map<String, String> headers = new HashMap<>();
    for (Map.Entry<String, List<String>> field : connection.getHeaderFields().entrySet()) {
      if (field.getKey() != null) {
        headers.put(field.getKey().toLowerCase(Locale.ROOT), field.getValue().get(0));
      }
    }
    byte[] body;
    try (InputStream in =
        status < 400 ? connection.getInputStream() : connection.getErrorStream()) {
      body = in == null ? new byte[0] : in.readAllBytes();
    }
    return new Answer(status, URI.create(connection.getURL().toString()), headers, body);
  }
}
