package io.endomesh.testkit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;

/** How a library makes a call, and what it is called in these tests with. */
public abstract class HttpClientFixture {

  /**
   * The client's own shape of a response. Names in lower case.
   *
   * @param trailers as far as the library tells of them
   */
  public record Answer(
      int status, URI uri, Map<String, String> headers, byte[] body, Map<String, String> trailers) {

    public Answer(int status, URI uri, Map<String, String> headers, byte[] body) {
      this(status, uri, headers, body, Map.of());
    }

    public String text() {
      return new String(body, StandardCharsets.UTF_8);
    }
  }

  protected final TestRoutes routes = new TestRoutes();

  private final List<AutoCloseable> opened = new ArrayList<>();

  /** Makes a call with a body in memory, null for none. Follows redirects. */
  protected abstract Answer call(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException;

  /** Makes a POST whose body can be read once only. */
  protected abstract Answer stream(String url, InputStream body)
      throws IOException, InterruptedException;

  /**
   * Makes a POST with {@code Expect: 100-continue}, set as the library wants it set; it waits for
   * the server's word if the library can.
   */
  protected Answer expecting(String url, byte[] body) throws IOException, InterruptedException {
    return call("POST", url, Map.of("Expect", "100-continue"), body);
  }

  /**
   * Makes a GET and writes the body of the answer as it comes; a sink that waits holds the library
   * back, by the means that it has for that.
   *
   * @return the status
   */
  protected abstract int download(String url, OutputStream sink)
      throws IOException, InterruptedException;

  /** Starts a GET; cancelling the future gives it up. */
  protected abstract CompletableFuture<Answer> start(String url);

  /** Makes a GET by a client that does not follow redirects. */
  protected abstract Answer getUnfollowed(String url) throws IOException, InterruptedException;

  /** Makes a GET by a client that keeps cookies, the same one for all calls of a test. */
  protected abstract Answer getWithCookies(String url) throws IOException, InterruptedException;

  /** Where a server is that the mesh does not know, which speaks nothing but HTTP/1.1. */
  protected String outside(int port) {
    return "http://localhost:" + port + "/";
  }

  protected final Answer get(String url) throws IOException, InterruptedException {
    return call("GET", url, Map.of(), null);
  }

  protected final <T extends AutoCloseable> T open(T resource) {
    opened.add(resource);
    return resource;
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  static InputStream bytes(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  protected static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
