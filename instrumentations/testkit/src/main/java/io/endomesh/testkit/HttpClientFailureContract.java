package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is left of a call when the agent itself fails: all of it. */
abstract class HttpClientFailureContract extends HttpClientMessageContract {

  /** More than a call reads the clock. */
  private static final int MOST_READINGS = 30;

  @Test
  void agent_failsAnywhereOnThePathOfACall_callIsAnsweredAndSentOnce() throws Exception {
    Backend orders = open(Backend.plaintext("orders"));
    String url = "http://localhost:" + orders.port() + "/";
    try (OwnFailure failure = OwnFailure.ofTheClock()) {
      routes.host("localhost:" + orders.port(), orders.endpoint());
      int reading = 1;
      for (; ; reading++) {
        assertThat(reading).isLessThan(MOST_READINGS);
        failure.at(reading);
        assertThat(get(url).text()).as("failed at reading %d", reading).isEqualTo("orders");
        assertThat(orders.received()).as("failed at reading %d", reading).hasSize(reading);
        if (failure.isStillToCome()) {
          break;
        }
      }
      assertThat(failure.told()).as("failures told").isEqualTo(reading - 1);
    }
  }

  @Test
  void telemetry_fails_callIsAnswered() throws Exception {
    Backend orders = open(Backend.mutualTls("orders", "orders"));
    try (OwnFailure failure = OwnFailure.ofTheObserver()) {
      routes.host("orders", orders.endpoint());
      routes.host("nobody");

      assertThat(get("http://orders/").text()).isEqualTo("orders");
      assertThat(get("http://nobody/").status()).isEqualTo(503);
    }
    orders.only();
  }
}
