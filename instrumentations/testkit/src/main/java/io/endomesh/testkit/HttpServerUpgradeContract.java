package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.route.PathMatch;
import java.net.http.WebSocket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** WebSockets and other upgrades are decided about as the requests they begin as, and left alone. */
abstract class HttpServerUpgradeContract extends HttpServerFailureContract {

  private static final String PATH = "/websocket";

  /** A MB in parts that each fit into a frame of every server's default. */
  private static final int PARTS = 32;

  private static final int PART_CHARS = 32_768;

  @Test
  void webSocket_isACallThatEndsWithTheUpgrade_andGoesOnByItself() throws Exception {
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
    try (WebSocketCaller plain = new WebSocketCaller(plain(), uri("ws", PATH));
        WebSocketCaller secured = new WebSocketCaller(mutual(CALLER), uri("wss", PATH))) {
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
    // No policy of who may call; whose certificate it is, SpiffeTrust checks all the same.
    mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);

    try (WebSocketCaller plain = new WebSocketCaller(plain(), uri("ws", PATH))) {
      assertSaysBackAMegabyte(plain);
    }
    try (WebSocketCaller secured = new WebSocketCaller(mutual(CALLER), uri("wss", PATH))) {
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
