package io.endomesh.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Connections outlive policies and certificates: what holds now holds for their next request. */
abstract class HttpServerConnectionContract extends HttpServerPolicyContract {

  @Test
  void policy_changesToStrict_nextRequestOnAKeptPlaintextConnectionIsRefused_andItIsClosed()
      throws Exception {
    mode(TlsMode.DISABLE, Authorization.ALLOW_ALL);
    try (KeptConnection undetected = KeptConnection.to(server.port(), null)) {
      assertThat(undetected.get("/echo").status()).isEqualTo(200);
      mode(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL);
      try (KeptConnection detected = KeptConnection.to(server.port(), null)) {
        assertThat(detected.get("/echo").status()).isEqualTo(200);
        assertThat(undetected.get("/echo").status()).isEqualTo(200);

        mode(TlsMode.STRICT, Authorization.ALLOW_ALL);

        refusesAndCloses(detected);
        refusesAndCloses(undetected);
      }
    }
    Await.until("all ends", () -> ended.size() == 5);
    assertThat(ended).containsExactlyInAnyOrder(200, 200, 200, 403, 403);
    assertThat(decided)
        .hasSize(2)
        .allSatisfy(why -> assertThat(why).startsWith("connection: plaintext"));
  }

  @Test
  void policy_changesToDenyTheCaller_nextRequestOnItsKeptConnectionIsRefused() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = context(TestRoutes.AUTHORITY.identity(CALLER));
    try (KeptConnection kept = KeptConnection.to(server.port(), caller)) {
      assertThat(kept.get("/echo").status()).isEqualTo(200);

      mode(TlsMode.STRICT, allowing(TestRoutes.spiffeId("orders")));
      assertThat(kept.get("/echo").status()).isEqualTo(403);

      // It is the policy that refuses, not the connection.
      mode(TlsMode.STRICT, allowing(CALLER));
      assertThat(kept.get("/echo").status()).isEqualTo(200);
    }
  }

  @Test
  void certificate_endsWhileItsConnectionIsKept_nextRequestIsRefused_andItIsClosed()
      throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    // So that the first request of the JVM takes none of its time.
    assertThat(isServed(context(TestRoutes.AUTHORITY.identity(CALLER)))).isTrue();
    Identity ending = TestRoutes.AUTHORITY.identity(Duration.ofSeconds(3), CALLER);
    SSLContext caller = context(ending);
    try (KeptConnection kept = KeptConnection.to(server.port(), caller)) {
      assertThat(kept.get("/echo").status()).isEqualTo(200);

      Instant behind = ending.notAfter().plusMillis(1);
      Await.until("end of the certificate", () -> Instant.now().isAfter(behind));

      refusesAndCloses(kept);
    }
    Await.until("the end of what was refused", () -> !decided.isEmpty());
    assertThat(decided).singleElement().asString().contains("certificate of " + CALLER + " ended");
    // Its session is known to both sides, and resuming it asks no trust manager.
    assertThat(isServed(caller)).isFalse();
  }

  @Test
  void certificate_wasRenewedLongAgo_answerOnAConnectionOfBeforeIsItsLast() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = context(TestRoutes.AUTHORITY.identity(CALLER));
    try (KeptConnection before = KeptConnection.to(server.port(), caller)) {
      assertThat(before.get("/echo").status()).isEqualTo(200);
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ZERO);
      routes.renewIdentity();

      KeptConnection.Answer last = before.get("/echo");

      assertThat(last.status()).as("no call fails by it").isEqualTo(200);
      assertThat(last.head().toLowerCase(Locale.ROOT)).contains("connection: close");
      assertThat(before.isClosedByServer()).isTrue();
      try (KeptConnection after = KeptConnection.to(server.port(), caller)) {
        assertThat(after.get("/echo").head().toLowerCase(Locale.ROOT))
            .doesNotContain("connection: close");
        assertThat(after.get("/echo").status()).isEqualTo(200);
      }
    } finally {
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ofHours(1));
      routes.renewIdentity();
    }
  }

  /** As a client does it: what runs is read to its end, and the next call has a new connection. */
  @Test
  void certificate_wasRenewedLongAgo_http2ConnectionOfBeforeSaysGoodbye_andItsCallsEnd()
      throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = context(TestRoutes.AUTHORITY.identity(CALLER));
    try (RawHttp2 before = RawHttp2.to(server.port(), caller)) {
      assertThat(before.get("/echo")).isTrue();
      int running = before.post("/echo");
      before.data(running, "begun ".getBytes(UTF_8), /* ends= */ false);
      Await.until("begin of the call that runs", () -> begun.get() == 2);
      assertThat(before.goodbyeWasSaid()).isFalse();
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ZERO);
      routes.renewIdentity();

      assertThat(before.get("/echo")).as("no call fails by it").isTrue();
      assertThat(before.get("/echo") || before.isToBeRepeated()).as("before it is read").isTrue();

      before.data(running, "before".getBytes(UTF_8), /* ends= */ true);
      assertThat(before.answer(running)).asString(UTF_8).isEqualTo("begun before");
      assertThat(before.goodbyeWasSaid()).as("while it ran: some clients break it off").isFalse();
      assertThat(before.awaitEnd()).as("NO_ERROR").isZero();
      try (RawHttp2 after = RawHttp2.to(server.port(), caller)) {
        assertThat(after.get("/echo")).isTrue();
        assertThat(after.get("/echo")).isTrue();
        assertThat(after.goodbyeWasSaid()).isFalse();
      }
    } finally {
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ofHours(1));
      routes.renewIdentity();
    }
    Await.until("all ends", () -> ended.size() == begun.get());
    assertThat(ended).hasSizeBetween(5, 6).containsOnly(200);
  }

  private boolean isServed(SSLContext caller) {
    try (KeptConnection resumed = KeptConnection.to(server.port(), caller)) {
      return resumed.get("/echo").status() == 200;
    } catch (IOException refused) {
      return false;
    }
  }

  private static SSLContext context(Identity caller) {
    return caller.clientTls(TestRoutes.US).context();
  }

  private static void refusesAndCloses(KeptConnection kept) throws IOException {
    KeptConnection.Answer refused = kept.get("/echo");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.head().toLowerCase(Locale.ROOT))
        .contains("x-endomesh-decided-by: connection")
        .doesNotContain("x-path");
    assertThat(refused.body())
        .isEqualTo("this connection may not be used any longer (trace " + TRACE + ")\n");
    assertThat(kept.isClosedByServer()).isTrue();
  }
}
