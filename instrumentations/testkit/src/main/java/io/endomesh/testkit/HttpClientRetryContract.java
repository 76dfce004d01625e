package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.testkit.TestRoutes.Rules;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What is tried again, where, and what never is. */
abstract class HttpClientRetryContract extends HttpClientFaultContract {

  @Test
  void endpointRefusesConnections_callGoesToAnother_alsoWithStreamedBody() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", TestRoutes.endpoint(closedPort(), null), orders.endpoint());

    for (int i = 0; i < 10; i++) {
      assertThat(stream("http://orders/", bytes("once")).text()).isEqualTo("once");
    }
    assertThat(orders.received()).hasSize(10);
  }

  @Test
  void status_namedByPolicy_isTriedAgain() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(503), broken.endpoint(), orders.endpoint());

    for (int i = 0; i < 10; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
    }
  }

  @Test
  void status_notNamedByPolicy_isTheApplications() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", broken.endpoint());

    assertThat(get("http://orders/").status()).isEqualTo(503);
    broken.only();
  }

  @Test
  void streamedBody_onceSent_isNotSentAgain() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    routes.host("orders", Rules.retrying(503), broken.endpoint());

    assertThat(stream("http://orders/", bytes("once")).status()).isEqualTo(503);
    broken.only();
  }

  @Test
  void attempt_thatTakesTooLong_isGivenUp_andTheCallGoesToAnother() throws Exception {
    Backend slow = open(Backend.plaintext("slow").holding());
    Backend orders = open(Backend.plaintext("orders"));
    Endpoint late = slow.endpoint();
    RetryPolicy onTimeout = new RetryPolicy(4, Set.of(504), Set.of(), true, 1, 1);
    routes.host("orders", new Rules(0, ATTEMPT_NANOS, onTimeout), late, orders.endpoint());

    for (int i = 0; i < 4; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
    }
    Await.until("end of what was given up", () -> late.load().inFlight() == 0);
  }

  /** Enough for an endpoint that answers at once, on a machine that is busy. */
  private static final long ATTEMPT_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  @Test
  void post_isNotTriedAgain_unlessAPolicySaysSo() throws Exception {
    Backend broken = open(Backend.plaintext("broken").answering(503));
    Backend breaking = open(Backend.plaintext("breaking").breaking());
    routes.host("orders", broken.endpoint());
    routes.host("stock", breaking.endpoint());

    assertThat(call("POST", "http://orders/", Map.of(), new byte[] {1}).status()).isEqualTo(503);
    assertThatThrownBy(() -> call("POST", "http://stock/", Map.of(), new byte[] {1}))
        .isInstanceOf(IOException.class);

    broken.only();
    breaking.only();
  }

  @Test
  void endpointThatAsksForARest_isLeftAlone_andTheCallGoesToAnother() throws Exception {
    Backend resting =
        open(Backend.plaintext("resting").answering(503).returning("Retry-After", "60"));
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(503), resting.endpoint(), orders.endpoint());

    for (int i = 0; i < 20; i++) {
      assertThat(get("http://orders/").text()).isEqualTo("orders");
    }

    assertThat(resting.received()).hasSizeLessThanOrEqualTo(1);
  }

  @Test
  void answer_thatMustNotBeAskedForAgain_isNotRetried() throws Exception {
    Backend spent = open(Backend.plaintext("spent").answering(503));
    routes.host("orders", Rules.retrying(503), spent.endpoint());

    assertThat(get("http://orders/").status()).isEqualTo(503);
    assertThat(spent.received().get(0).header("x-envoy-attempt-count")).isNull();
    assertThat(spent.received().get(1).header("x-envoy-attempt-count")).isEqualTo("2");

    spent.returning("x-envoy-overloaded", "true");
    int before = spent.received().size();
    assertThat(get("http://orders/").status()).isEqualTo(503);
    assertThat(spent.received()).hasSize(before + 1);
  }

  @Test
  void connection_brokenAfterSending_isTriedAgainOnlyIfThePolicySaysSo() throws Exception {
    Backend broken = open(Backend.plaintext("broken").breaking());
    Backend orders = open(Backend.plaintext("orders"));
    routes.host("orders", Rules.retrying(503), broken.endpoint());

    assertThatThrownBy(() -> call("POST", "http://orders/", Map.of(), new byte[] {1}))
        .isInstanceOf(IOException.class);
    broken.only();

    RetryPolicy onReset = new RetryPolicy(4, Set.of(), Set.of(), true, 1, 1);
    routes.host("orders", new Rules(0, 0, onReset), broken.endpoint(), orders.endpoint());
    for (int i = 0; i < 20; i++) {
      assertThat(call("POST", "http://orders/", Map.of(), new byte[] {1}).headers())
          .containsEntry("x-backend", "orders");
    }
    assertThat(broken.received()).hasSizeGreaterThan(1);
  }
}
