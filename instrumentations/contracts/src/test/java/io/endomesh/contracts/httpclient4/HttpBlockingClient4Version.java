package io.endomesh.contracts.httpclient4;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.TestRoutes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The contract on one version of the blocking client. */
abstract class HttpBlockingClient4Version extends HttpClient4Version {

  HttpBlockingClient4Version() {
    super("io.endomesh.contracts.httpclient4.library.Blocking");
  }

  private HttpBlockingClient4UnderTest blocking() {
    return (HttpBlockingClient4UnderTest) client();
  }

  @Test
  void retryHandler_ofTheApplication_goesOnAroundTheMesh() throws Exception {
    Backend broken = open(Backend.plaintext("broken").breaking());
    routes.host("orders", broken.endpoint());

    try (HttpClientUnderTest retrying = blocking().retrying(2)) {
      assertThatThrownBy(() -> retrying.call("POST", "http://orders/", Map.of(), new byte[] {1}))
          .isInstanceOf(IOException.class);
    }

    assertThat(broken.received()).hasSize(3);
  }

  @Test
  void retryHandler_ofTheApplication_repeatsAStreamThatNobodyRead() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", TestRoutes.endpoint(closedPort(), null));

    AtomicInteger asked = new AtomicInteger();
    try (HttpClientUnderTest retrying =
        blocking()
            .retrying(
                1,
                () -> {
                  asked.incrementAndGet();
                  routes.host("orders", orders.endpoint());
                })) {
      InputStream once = new ByteArrayInputStream("once".getBytes(StandardCharsets.UTF_8));
      assertThat(retrying.stream("http://orders/", once).text()).isEqualTo("once");
    }
    assertThat(asked).hasValue(1);
  }

  @Test
  void strategyFor503_ofTheApplication_goesOnAroundTheMesh() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", broken.endpoint());

    try (HttpClientUnderTest retrying = blocking().retryingUnavailable(2)) {
      assertThat(retrying.call("GET", "http://orders/", Map.of(), null).status()).isEqualTo(503);
    }

    assertThat(broken.received()).hasSize(3);
  }

  @Test
  void retries_ofTheLibrary_areAsEverOutsideTheMesh_andNoneInside() throws Exception {
    Backend external = open(Backend.plaintext("external").breaking());
    assertThatThrownBy(() -> get("http://localhost:" + external.port() + "/"))
        .isInstanceOf(IOException.class);
    assertThat(external.received()).hasSize(4);

    Backend broken = open(Backend.plaintext("broken").breaking());
    routes.host("orders", broken.endpoint());
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    broken.only();
  }

  @Test
  void password_isGivenToWhoAsks_inTheSameAttempt() throws Exception {
    givesItsPassword(library().withPasswordFor("orders", 80));
  }

  @Test
  void cache_ofTheApplication_answersWithoutACall() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());

    try (HttpClientUnderTest cached = blocking().answeringFromACache("old")) {
      assertThat(cached.call("GET", "http://orders/", Map.of(), null).text()).isEqualTo("old");
    }
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void request_abortedAlready_isNotSent() {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());

    assertThat(blocking().abortedAlready("http://orders/"))
        .isInstanceOf(InterruptedIOException.class);
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void pool_withoutAConnectionLeft_isTheApplicationsException_andNotTriedAgain() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    try (HttpClientUnderTest pooled = library().withOneConnection(Duration.ofMillis(100))) {
      CompletableFuture<Answer> holding = pooled.start("http://orders/");
      Await.until("request at the backend", () -> !slow.received().isEmpty());

      assertThatThrownBy(() -> pooled.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(InterruptedIOException.class);
      holding.cancel(true);
    }
    slow.only();
    Await.until("end of the attempts", () -> endpoint.load().inFlight() == 0);
  }
}
