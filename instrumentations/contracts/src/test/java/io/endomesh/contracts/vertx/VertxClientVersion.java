package io.endomesh.contracts.vertx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.testkit.AsyncHttpClientContract;
import io.endomesh.testkit.Await;
import io.endomesh.testkit.Backend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract on one version of the client. */
abstract class VertxClientVersion extends AsyncHttpClientContract {

  VertxClientVersion() {
    super("io.endomesh.contracts.vertx.library.CallingVertx");
  }

  private VertxClientUnderTest library() {
    return (VertxClientUnderTest) client();
  }

  @Override
  protected CompletableFuture<Answer> inTurn(String first, String then) {
    return library().inTurn(first, then);
  }

  @Override
  protected CompletableFuture<Integer> read(String url, Consumer<String> parts) {
    return library().read(url, parts);
  }

  @Test
  void requestTimeout_ofTheApplication_isItsException() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Endpoint endpoint = slow.endpoint();
    routes.host("orders", endpoint);

    assertThatThrownBy(
            () -> library().waitingAtMost("http://orders/", 200).get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TimeoutException.class)
        .hasMessageContaining("200ms");
    slow.only();
    Await.until("end of the attempt", () -> endpoint.load().inFlight() == 0);
  }

  @Test
  void callbacks_runOnTheContextOfTheCaller() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    routes.host("nobody");

    assertThat(library().staysOnItsContext("http://orders/").get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(library().staysOnItsContext("http://nobody/").get(10, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void bodyInParts_waitsForTheConnection_andArrivesWhole() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());
    int bytes = 2_000_000;

    Answer answer = library().piped("http://orders/", bytes).get(20, TimeUnit.SECONDS);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(orders.only().body()).hasSize(bytes);
  }
}
