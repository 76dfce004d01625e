package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import io.endomesh.weaving.Weaving;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/**
 * WebSockets and other upgrades are decided about as the requests they begin as, and left alone.
 */
abstract class HttpServerUpgradeContract extends HttpServerFailureContract {

  private static final String PATH = "/websocket";

  /** A MB in parts that each fit into a frame of every server's default. */
  private static final int PARTS = 32;

  private static final int PART_CHARS = 32_768;

  @Test
  void webSocket_isACallThatEndsWithTheUpgrade_andGoesOnByItself() throws Exception {
    assertGoesOnByItself(PATH);
  }

  protected final void assertGoesOnByItself(String path) throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    try (WebSocketCaller plain = new WebSocketCaller(plain(), uri("ws", path));
        WebSocketCaller secured = new WebSocketCaller(mutual(CALLER), uri("wss", path))) {
      Await.until("both ends", () -> endedWith(101, 101));

      assertThat(said(plain, "hello")).isEqualTo("hello");
      assertThat(said(secured, "hello")).isEqualTo("hello");
      assertThat(said(plain, "again")).isEqualTo("again");
      assertThat(said(secured, "again")).isEqualTo("again");
      assertThat(plain.bye()).isEqualTo(WebSocket.NORMAL_CLOSURE);
      assertThat(secured.bye()).isEqualTo(WebSocket.NORMAL_CLOSURE);
    }

    assertThat(begun).hasValue(2);
    assertThat(ended).containsExactly(101, 101);
  }

  @Test
  void webSocket_messageOfAMegabyteInParts_comesBackWhole() throws Exception {
    assertSaysBackAMegabyte(PATH);
  }

  protected final void assertSaysBackAMegabyte(String path) throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    try (WebSocketCaller plain = new WebSocketCaller(plain(), uri("ws", path))) {
      assertSaysBackAMegabyte(plain);
    }
    try (WebSocketCaller secured = new WebSocketCaller(mutual(CALLER), uri("wss", path))) {
      assertSaysBackAMegabyte(secured);
    }
  }

  private static void assertSaysBackAMegabyte(WebSocketCaller caller) throws Exception {
    StringBuilder whole = new StringBuilder();
    for (int part = 1; part <= PARTS; part++) {
      String text = Character.toString('a' + part % 26).repeat(PART_CHARS - 1) + '.';
      whole.append(text);
      caller.say(text, part == PARTS);
    }
    assertThat(caller.hear().equals(whole.toString())).as("what was told, as it was told").isTrue();
    assertThat(said(caller, "more")).isEqualTo("more");
  }

  @Test
  void webSocket_ofACallerThatMayNot_isRefusedBeforeTheUpgrade() throws Exception {
    String orders = TestRoutes.spiffeId("orders");
    mode(TlsMode.PERMISSIVE, allowing(orders));

    assertThat(WebSocketCaller.status(mutual(CALLER), uri("wss", PATH))).isEqualTo(403);
    assertThat(WebSocketCaller.status(plain(), uri("ws", PATH))).isEqualTo(403);
    try (WebSocketCaller caller = new WebSocketCaller(mutual(orders), uri("wss", PATH))) {
      assertThat(said(caller, "hello")).isEqualTo("hello");
    }

    Condition path = new Condition.Path(new PathMatch.Exact(PATH));
    Policy deny = new Policy(POLICY, List.of(new Policy.Rule(Condition.ANY, path)));
    mode(TlsMode.PERMISSIVE, new Authorization(List.of(deny), List.of()));
    assertThat(WebSocketCaller.status(mutual(orders), uri("wss", PATH))).isEqualTo(403);
    Await.until("all ends", () -> endedWith(101, 403, 403, 403));
    assertThat(begun).hasValue(4);
  }

  /** Other answers on such a connection are its last. */
  @Test
  void webSocket_onAConnectionWhoseCertificateWasRenewedLongAgo_goesOn() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = TestRoutes.AUTHORITY.identity(CALLER).clientTls(TestRoutes.US).context();
    try (KeptConnection before = KeptConnection.to(server.port(), caller)) {
      assertThat(before.get("/echo").status()).isEqualTo(200);
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ZERO);
      routes.renewIdentity();

      KeptConnection.Answer upgraded = before.get(PATH, HANDSHAKE);

      assertThat(upgraded.status()).isEqualTo(101);
      assertThat(upgraded.head().toLowerCase(Locale.ROOT))
          .contains("connection: upgrade")
          .doesNotContain("connection: close");
      assertThat(before.ask(HELLO_MASKED, HELLO.length)).isEqualTo(HELLO);
      assertThat(before.ask(HELLO_MASKED, HELLO.length)).isEqualTo(HELLO);
    } finally {
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ofHours(1));
      routes.renewIdentity();
    }
    Await.until("both ends", () -> endedWith(101, 200));
  }

  private static final String[] HANDSHAKE = {
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=="
  };

  /** Frames of text, of a client and of a server. */
  private static final byte[] HELLO_MASKED = {
    (byte) 0x81, (byte) 0x85, 0, 0, 0, 0, 'h', 'e', 'l', 'l', 'o'
  };

  private static final byte[] HELLO = {(byte) 0x81, 5, 'h', 'e', 'l', 'l', 'o'};

  @Test
  void upgrade_toWhatTheServerDoesNotKnow_isServedAsTheRequestItIs_andDecidedAboutOnce()
      throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    String[] upgrade = {"Connection: Upgrade", "Upgrade: something-else"};
    try (KeptConnection plain = KeptConnection.to(server.port(), null)) {
      assertThat(plain.get("/context", upgrade).status()).isEqualTo(200);
      assertThat(plain.get("/context", upgrade).body()).contains("null");
      Await.until("both ends", () -> endedWith(200, 200));
    }
    try (KeptConnection secured =
        KeptConnection.to(
            server.port(),
            TestRoutes.AUTHORITY.identity(CALLER).clientTls(TestRoutes.US).context())) {
      assertThat(secured.get("/context", upgrade).body()).contains(CALLER);
      Await.until("its end", () -> endedWith(200, 200, 200));

      mode(TlsMode.PERMISSIVE, allowing(TestRoutes.spiffeId("orders")));
      assertThat(secured.get("/context", upgrade).status()).isEqualTo(403);
    }
    Await.until("the end of what was refused", () -> endedWith(200, 200, 200, 403));
    assertThat(begun).hasValue(4);
  }

  private static String said(WebSocketCaller caller, String text) throws Exception {
    caller.say(text, /* last= */ true);
    return caller.hear();
  }
}
