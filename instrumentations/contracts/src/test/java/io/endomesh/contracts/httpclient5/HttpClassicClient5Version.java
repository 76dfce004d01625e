package io.endomesh.contracts.httpclient5;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The contract on one version of the classic client. */
abstract class HttpClassicClient5Version extends HttpClient5Version {

  HttpClassicClient5Version() {
    super("io.endomesh.contracts.httpclient5.library.Classic");
  }

  @Test
  void request_withItsHostBeside_isTheSameCall() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    routes.host("orders:8080", orders.endpoint());

    assertThat(library().getAt("orders", -1, "/x").text()).isEqualTo("orders");
    assertThat(library().getAt("orders", 8080, "/x?y=z").text()).isEqualTo("orders");
    assertThat(orders.received()).extracting(Backend.Received::uri).containsExactly("/x", "/x?y=z");
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
