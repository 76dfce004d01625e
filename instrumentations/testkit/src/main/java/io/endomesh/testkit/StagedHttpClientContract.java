package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The contract on one staged version of a library: {@link Library} says which, and a class in a
 * package of its own, loaded anew for each version, says how it makes a call.
 */
public abstract class StagedHttpClientContract extends HttpClientContract {

  private final HttpClientUnderTest client;

  /**
   * @param client binary name of a {@link HttpClientUnderTest} without arguments; all that is in
   *     its package, or below, is loaded with it
   */
  protected StagedHttpClientContract(String client) {
    this.client = StagedCode.make(getClass(), HttpClientUnderTest.class, client);
  }

  /** For promises of this library alone. */
  protected final HttpClientUnderTest client() {
    return client;
  }

  @AfterEach
  void closeClient() throws IOException {
    client.close();
  }

  @Test
  void version_isTheOneStaged() {
    assertThat(client.version()).isEqualTo(StagedLibrary.of(getClass()).version());
  }

  @Test
  void connection_thatTheServerClosedWhileIdle_costsNoCall() throws Exception {
    try (ScriptedServer server = ScriptedServer.closingSilently()) {
      routes.host("orders", TestRoutes.endpoint(server.port(), null));

      for (int i = 0; i < 5; i++) {
        assertThat(get("http://orders/").text()).isEqualTo("ok");
      }
      assertThat(server.connections()).isEqualTo(5);
    }
  }

  @Test
  protected void proxy_ofTheApplication_isUsedOutsideTheMeshOnly() throws Exception {
    Backend proxy = open(Backend.plaintext("proxy"));
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    try (HttpClientUnderTest proxied = client.behindProxy(proxy.port())) {
      assertThat(proxied.call("GET", "http://orders/x", Map.of(), null).text()).isEqualTo("orders");
      assertThat(proxied.call("GET", "http://outside.example/x", Map.of(), null).text())
          .isEqualTo("proxy");
    }

    assertThat(orders.only().uri()).isEqualTo("/x");
    assertThat(proxy.only().uri()).isEqualTo("http://outside.example/x");
  }

  /**
   * Whoever asks is given the password of the application, in the same attempt or in a call of its
   * own; that is sent once.
   *
   * @param known a client with a password for {@code http://orders/}; closed
   */
  protected final void givesItsPassword(HttpClientUnderTest known) throws Exception {
    Backend asking =
        open(
            Backend.mutualTls("orders", "orders")
                .answering(401)
                .returning("WWW-Authenticate", "Basic realm=orders"));
    routes.host("orders", asking.endpoint());

    try (known) {
      assertThat(known.call("GET", "http://orders/", Map.of(), null).status()).isEqualTo(401);
    }

    assertThat(asking.received())
        .extracting(request -> request.header("authorization"))
        .containsExactly(null, "Basic YXBwOnNlY3JldA==");
  }

  /** It arrives behind the body. */
  protected final void sendsItsTrailer(SendsTrailers library) throws Exception {
    try (ScriptedServer server = ScriptedServer.answeringBehind("\r\nx-sum: 7\r\n\r\n")) {
      routes.host("orders", TestRoutes.endpoint(server.port(), null));

      assertThat(
              library.postWithTrailer("http://orders/", new byte[] {'o', 'k'}, "x-sum", "7").text())
          .isEqualTo("ok");
    }
  }

  @Override
  protected final Answer call(
      String method, String url, Map<String, String> headers, byte @Nullable [] body)
      throws IOException, InterruptedException {
    return client.call(method, url, headers, body);
  }

  @Override
  protected final Answer stream(String url, InputStream body)
      throws IOException, InterruptedException {
    return client.stream(url, body);
  }

  @Override
  protected final Answer expecting(String url, byte[] body)
      throws IOException, InterruptedException {
    return client.expecting(url, body);
  }

  @Override
  protected final int download(String url, OutputStream sink)
      throws IOException, InterruptedException {
    return client.download(url, sink);
  }

  @Override
  protected final CompletableFuture<Answer> start(String url) {
    return client.start(url);
  }

  @Override
  protected final Answer getUnfollowed(String url) throws IOException, InterruptedException {
    return client.getUnfollowed(url);
  }

  @Override
  protected final Answer getWithCookies(String url) throws IOException, InterruptedException {
    return client.getWithCookies(url);
  }
}
