package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound.TlsMode;
import java.net.http.HttpClient;
import org.junit.jupiter.api.Test;

/**
 * What is left of a request when the agent itself fails: who may call is served, who may not is
 * not.
 */
abstract class HttpServerFailureContract extends HttpServerStreamContract {

  /** More than a served call reads the clock. */
  private static final int MOST_READINGS = 30;

  @Test
  void agent_failsAnywhereOnThePathOfARequest_whoMayIsServed_whoMayNotIsRefused() throws Exception {
    String orders = TestRoutes.spiffeId("orders");
    try (OwnFailure failure = OwnFailure.ofTheClock()) {
      mode(TlsMode.STRICT, allowing(orders));
      for (String caller : new String[] {orders, CALLER}) {
        int expected = caller.equals(orders) ? 200 : 403;
        HttpClient client = mutual(caller);
        for (int reading = 1; ; reading++) {
          assertThat(reading).isLessThan(MOST_READINGS);
          failure.at(reading);
          assertThat(get(client, "https", "/echo").statusCode())
              .as("%s, failed at reading %d", caller, reading)
              .isEqualTo(expected);
          if (failure.isStillToCome()) {
            break;
          }
        }
      }
    }
  }

  @Test
  void telemetry_fails_whoMayIsServed_whoMayNotIsRefused() throws Exception {
    String orders = TestRoutes.spiffeId("orders");
    try (OwnFailure failure = OwnFailure.ofTheObserver()) {
      mode(TlsMode.STRICT, allowing(orders));

      assertThat(get(mutual(orders), "https", "/echo").statusCode()).isEqualTo(200);
      assertThat(get(mutual(CALLER), "https", "/echo").statusCode()).isEqualTo(403);
    }
  }
}
