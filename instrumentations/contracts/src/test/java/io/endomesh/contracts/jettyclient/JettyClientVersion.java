package io.endomesh.contracts.jettyclient;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.testkit.AsyncHttpClientContract;
import io.endomesh.testkit.Backend;
import io.endomesh.testkit.HttpClientUnderTest;
import io.endomesh.testkit.TestRoutes.Rules;
import java.net.SocketTimeoutException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** The contract on one version of the client. */
abstract class JettyClientVersion extends AsyncHttpClientContract {

  JettyClientVersion(String client) {
    super(client);
  }

  private JettyClientUnderTest library() {
    return (JettyClientUnderTest) client();
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
  void trailerOfARequest_isSent() throws Exception {
    sendsItsTrailer(library());
  }

  @Test
  void password_isGivenToWhoAsks_inTheSameAttempt() throws Exception {
    givesItsPassword(library().withPassword("http://orders/"));
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
  void listeners_ofTheRequest_areToldOnce_andWhatTheySetGoesOut() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", Rules.retrying(503), broken.endpoint(), orders.endpoint());

    for (int i = 0; i < 4; i++) {
      List<String> events = new CopyOnWriteArrayList<>();
      assertThat(library().listening("http://orders/", events::add).text()).isEqualTo("orders");
      assertThat(events).containsExactly("queued", "begin", "commit", "success");
    }

    assertThat(orders.received())
        .extracting(request -> request.header("x-listener"))
        .containsOnly("yes");
  }

  @Test
  void stream_ofTheAnswer_isReadAsItComes() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    routes.host("orders", orders.endpoint());

    assertThat(library().readAsStream("http://orders/")).isEqualTo("orders");
  }

  @Test
  void redirects_withoutEnd_areTheLibrarysException() throws Exception {
    Backend round = open(Backend.plaintext("round").redirecting(302, "http://orders/"));
    routes.host("orders", round.endpoint());

    assertThatThrownBy(() -> get("http://orders/"))
        .hasStackTraceContaining("Max redirects exceeded 8");
    assertThat(round.received()).hasSize(9);
  }
}
