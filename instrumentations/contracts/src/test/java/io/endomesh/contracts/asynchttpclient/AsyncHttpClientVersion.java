package io.endomesh.contracts.asynchttpclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.AsyncHttpClientContract;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract on one version of the client. */
abstract class AsyncHttpClientVersion extends AsyncHttpClientContract {

  AsyncHttpClientVersion() {
    super("io.endomesh.contracts.asynchttpclient.library.Ahc");
  }

  private AsyncHttpClientUnderTest library() {
    return (AsyncHttpClientUnderTest) client();
  }

  @Override
  protected CompletableFuture<Answer> inTurn(String first, String then) {
    return library().inTurn(first, then);
  }

  @Override
  protected CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    return library().read(url, part -> parts.accept(new String(part, StandardCharsets.US_ASCII)));
  }

  @Test
  void retries_ofTheLibrary_areAsEverOutsideTheMesh_andNoneInside() throws Exception {
    Backend external = open(Backend.plaintext("external").breaking());
    assertThatThrownBy(() -> get("http://localhost:" + external.port() + "/"))
        .isInstanceOf(IOException.class);
    assertThat(external.received()).hasSize(6);

    Backend broken = open(Backend.plaintext("broken").breaking());
    routes.host("orders", broken.endpoint());
    assertThatThrownBy(() -> get("http://orders/")).isInstanceOf(IOException.class);
    broken.only();
  }

  @Test
  void password_isGivenToWhoAsks_inTheSameAttempt() throws Exception {
    givesItsPassword(library().withPassword());
  }

  @Test
  void requestTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    routes.host("orders", slow.endpoint());

    try (HttpClientUnderTest impatient = library().waitingAtMost(200)) {
      assertThatThrownBy(() -> impatient.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(SocketTimeoutException.class);
    }
    slow.only();
  }

  @Test
  void pool_withoutAConnectionLeft_isTheApplicationsException_andNotTriedAgain() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    try (HttpClientUnderTest pooled = library().withOneConnection()) {
      CompletableFuture<Answer> holding = pooled.start("http://orders/");
      Await.until("request at the backend", () -> !slow.received().isEmpty());

      assertThatThrownBy(() -> pooled.call("GET", "http://orders/", Map.of(), null))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("Too many connections");
      holding.cancel(true);
    }
    slow.only();
    Await.until("end of the attempts", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void exception_ofAFilter_reachesTheApplication_andNothingIsSent() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", orders.endpoint());
    AtomicInteger asked = new AtomicInteger();
    Runnable refusing =
        () -> {
          asked.incrementAndGet();
          throw new IllegalStateException("not today");
        };

    try (HttpClientUnderTest filtered = library().filtering(refusing)) {
      assertThatThrownBy(() -> filtered.call("GET", "http://orders/", Map.of(), null))
          .hasStackTraceContaining("not today");
    }

    assertThat(asked).hasValue(1);
    assertThat(orders.received()).isEmpty();
  }

  @Test
  void redirects_withoutEnd_areTheLibrarysException() throws Exception {
    Backend round = open(Backend.plaintext("round").redirecting(302, "http://orders/"));
    routes.host("orders", round.endpoint());

    assertThatThrownBy(() -> get("http://orders/"))
        .hasStackTraceContaining("Maximum redirect reached: 5");
    assertThat(round.received()).hasSize(5);
  }
}
