package io.endomesh.controller.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import io.endomesh.controller.ControllerOptions;
import io.endomesh.controller.jwks.KeyFetchOptions;
import io.endomesh.controller.jwks.TestServer;
import io.endomesh.controller.oidc.ProviderOptions;
import io.endomesh.dataplane.token.TestIssuer;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A provider that lies as it is told; {@code OidcIT} has a real one. Its users are at a browser
 * that is not there: who tests says what comes back through it. Thread-safe.
 */
final class FakeProvider implements AutoCloseable {

  static final String CLIENT = "endomesh";

  final TestServer server = new TestServer();
  final List<Map<String, String>> tokenRequests = new CopyOnWriteArrayList<>();
  final AtomicInteger keysAsked = new AtomicInteger();
  volatile TestIssuer signer = TestIssuer.of("one");
  volatile TestIssuer published = signer;

  /** How what it says of itself differs from what is right; so of claims and the token. */
  volatile UnaryOperator<ObjectNode> metadata = UnaryOperator.identity();

  volatile UnaryOperator<ObjectNode> claims = UnaryOperator.identity();
  volatile UnaryOperator<String> token = UnaryOperator.identity();
  volatile TestServer.Behaviour tokenEndpoint = this::token;
  volatile String userinfo = "{}";

  /** Of the login that is under way. */
  volatile String nonce = "";

  FakeProvider() throws IOException {
    server.answers(this::answer);
  }

  /** As it was at the start, but for its key. */
  void reset() {
    metadata = UnaryOperator.identity();
    claims = UnaryOperator.identity();
    token = UnaryOperator.identity();
    tokenEndpoint = this::token;
    userinfo = "{}";
    signer = published;
    tokenRequests.clear();
  }

  ControllerOptions options(Path dataDir, String... roles) throws IOException {
    return ControllerOptions.onFreePort(dataDir)
        .fetchingKeys(
            new KeyFetchOptions(
                List.of(), server.authorities(dataDir), KeyFetchOptions.DEFAULT_REFRESH))
        .loggingInBy(
            new OidcOptions(
                new ProviderOptions(server.url(), CLIENT, null, Set.of("groups")),
                "Acme",
                List.of(roles).stream().map(RoleRule::parse).toList()));
  }

  private void answer(HttpExchange exchange) throws IOException, InterruptedException {
    switch (exchange.getRequestURI().getPath()) {
      case "/.well-known/openid-configuration" ->
          TestServer.status(exchange, 200, metadata.apply(configuration()).toString());
      case "/keys" -> {
        keysAsked.incrementAndGet();
        TestServer.status(exchange, 200, published.jwks());
      }
      case "/token" -> {
        tokenRequests.add(
            form(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        tokenEndpoint.answer(exchange);
      }
      case "/userinfo" -> TestServer.status(exchange, 200, userinfo);
      default -> TestServer.status(exchange, 404, "");
    }
  }

  /** After it was told to answer otherwise. */
  void back() {
    server.answers(this::answer);
  }

  private ObjectNode configuration() {
    return Api.JSON
        .createObjectNode()
        .put("issuer", server.url())
        .put("authorization_endpoint", server.url() + "/authorize?tenant=1")
        .put("token_endpoint", server.url() + "/token")
        .put("userinfo_endpoint", server.url() + "/userinfo")
        .put("end_session_endpoint", server.url() + "/logout")
        .put("jwks_uri", server.url() + "/keys");
  }

  void token(HttpExchange exchange) throws IOException {
    TestServer.status(
        exchange,
        200,
        Api.JSON
            .createObjectNode()
            .put("token_type", "Bearer")
            .put("access_token", "an access token")
            .put("id_token", token.apply(signer.token(claims.apply(usual()).toString())))
            .toString());
  }

  private ObjectNode usual() {
    long now = Instant.now().getEpochSecond();
    ObjectNode claims =
        Api.JSON
            .createObjectNode()
            .put("iss", server.url())
            .put("sub", "4711")
            .put("aud", CLIENT)
            .put("iat", now)
            .put("exp", now + 300)
            .put("nonce", nonce)
            .put("preferred_username", "anna");
    claims.putArray("groups").add("staff").add("ops");
    return claims;
  }

  static Map<String, String> form(String text) {
    Map<String, String> form = new HashMap<>();
    for (String field : text.split("&")) {
      String[] parts = field.split("=", 2);
      form.put(
          URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
          URLDecoder.decode(parts.length > 1 ? parts[1] : "", StandardCharsets.UTF_8));
    }
    return form;
  }

  @Override
  public void close() {
    server.close();
  }
}
