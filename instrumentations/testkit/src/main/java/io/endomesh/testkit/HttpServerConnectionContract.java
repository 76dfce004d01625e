package io.endomesh.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;

/** Connections outlive policies and certificates: what holds now holds for their next request. */
abstract class HttpServerConnectionContract extends HttpServerPolicyContract {

  /** Of a body. Of frames of HTTP/2 that are smaller Tomcat 9 thinks that they are an attack. */
  private static final String PART = "part".repeat(512);

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

  @Test
  void certificate_wasRenewedLongAgo_http2ConnectionOfBeforeEndsInItsNextPause_andNoCallByIt()
      throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    SSLContext caller = context(TestRoutes.AUTHORITY.identity(CALLER));
    try (RawHttp2 before = RawHttp2.to(server.port(), caller)) {
      assertThat(before.get("/echo")).isTrue();
      int running = before.post("/echo");
      before.data(running, PART.getBytes(UTF_8), /* ends= */ false);
      Await.until("begin of the call that runs", () -> begun.get() == 2);
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ZERO);
      routes.renewIdentity();

      assertThat(before.get("/echo")).as("no call fails by it").isTrue();
      assertThat(before.get("/echo")).as("nor the next").isTrue();
      assertThat(before.goodbyeWasSaid()).as("while a call runs").isFalse();

      before.data(running, PART.getBytes(UTF_8), /* ends= */ true);
      assertThat(before.answer(running)).asString(UTF_8).isEqualTo(PART + PART);
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
    Await.until("all ends", () -> endedWith(200, 200, 200, 200, 200, 200));
  }

  /** It takes every goodbye for the end of all, until JDK 24 (JDK-8335181). */
  @Test
  void certificate_wasRenewedLongAgo_callsOfTheJdksClientThatRun_areAnswered() throws Exception {
    mode(TlsMode.STRICT, allowing(CALLER));
    HttpClient http2 = client(CALLER, Version.HTTP_2);
    assertThat(get(http2, "https", "/echo").statusCode()).isEqualTo(200);
    try (SubmissionPublisher<ByteBuffer> body = new SubmissionPublisher<>()) {
      CompletableFuture<HttpResponse<String>> running =
          http2.sendAsync(
              HttpRequest.newBuilder(uri("https", "/echo"))
                  .POST(BodyPublishers.fromPublisher(body))
                  .build(),
              BodyHandlers.ofString());
      Await.until("request for the body", body::hasSubscribers);
      // Some servers begin with the first part.
      body.submit(ByteBuffer.wrap(PART.getBytes(UTF_8)));
      Await.until("begin of the call that runs", () -> begun.get() == 2);
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ZERO);
      routes.renewIdentity();

      assertThat(get(http2, "https", "/echo").statusCode()).isEqualTo(200);
      assertThat(get(http2, "https", "/echo").statusCode()).isEqualTo(200);

      body.submit(ByteBuffer.wrap(PART.getBytes(UTF_8)));
      body.close();
      assertThat(running.get(10, TimeUnit.SECONDS).body()).isEqualTo(PART + PART);
    } finally {
      Weaving.mesh().maxConnectionAgeAfterRenewal(Duration.ofHours(1));
      routes.renewIdentity();
    }
    Await.until("all ends", () -> endedWith(200, 200, 200, 200));
  }

  private boolean isServed(SSLContext caller) {
    try (KeptConnection resumed = KeptConnection.to(server.port(), caller)) {
      return resumed.get("/echo").status() == 200;
    } catch (IOException refused) {
      return false;
    }
  }

  static SSLContext context(Identity caller) {
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
