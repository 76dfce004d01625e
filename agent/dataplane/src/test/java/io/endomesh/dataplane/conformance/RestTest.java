package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import java.net.ConnectException;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Rest")
class RestTest extends Conformance {

  @ParameterizedTest
  @CsvSource({"429, true", "503, true", "500, false", "200, false"})
  @DisplayName(
      "an endpoint that answers 429 or 503 with Retry-After gets no calls until then, if there"
          + " are others (RFC 9110, 10.2.3; Linkerd)")
  void rest(int status, boolean rests) {
    publish(RoutePolicy.DEFAULT);
    Attempt attempt = attempt(begin());
    attempt.responded(status, Outcome.NOT_GRPC, "30");
    clock.advance(Duration.ofSeconds(30).minusNanos(1));
    assertThat(attempt.endpoint().load().avoidedAt(clock.getAsLong())).isEqualTo(rests);
    assertThat(spread(orders, 1_000).get(attempt.endpoint()) == 0).isEqualTo(rests);
    clock.advance(Duration.ofNanos(1));
    assertThat(spread(orders, 1_000).get(attempt.endpoint())).isPositive();
  }

  @Test
  @DisplayName("it is asked all the same if there is nobody else")
  void rest_alone() {
    Cluster alone = TestMesh.cluster("orders", one);
    publish(alone, RetryPolicy.SAFE);
    attempt(begin()).responded(503, Outcome.NOT_GRPC, "30");
    assertThat(attempt(begin()).endpoint()).isSameAs(one);
  }

  @ParameterizedTest
  @CsvSource({
    "30, 30",
    "' 5 ', 5",
    "'Mon, 23 Nov 2026 10:00:20 GMT', 20",
    "'Mon, 23 Nov 2026 09:00:00 GMT', 0",
    "86400, 300",
    "'Thu, 31 Dec 2099 00:00:00 GMT', 300",
    "0, 0",
    "-1, 0",
    "soon, 0",
    "999999999999, 0",
    "'', 0",
  })
  @DisplayName(
      "Retry-After is seconds or a date, at most 300 s, and nothing if it makes no sense (RFC"
          + " 9110, 10.2.3; Linkerd, Envoy max_interval)")
  void retryAfter(String value, long restSeconds) {
    publish(RoutePolicy.DEFAULT);
    Attempt attempt = attempt(begin());
    attempt.responded(503, Outcome.NOT_GRPC, value);
    long now = clock.getAsLong();
    assertThat(attempt.endpoint().load().avoidedAt(now + seconds(restSeconds) - 1))
        .isEqualTo(restSeconds > 0);
    assertThat(attempt.endpoint().load().avoidedAt(now + seconds(restSeconds))).isFalse();
  }

  @Test
  @DisplayName(
      "a retry waits that long if there is nobody else to ask (Envoy rate_limited_retry_back_off)")
  void retry_waits() {
    publish(TestMesh.cluster("orders", one), TestMesh.retrying(1, 503));
    assertThat(attempt(begin()).responded(503, Outcome.NOT_GRPC, "2")).isEqualTo(seconds(2));
  }

  @Test
  @DisplayName("a retry asks another at once if there is one")
  void retry_asksAnother() {
    publish(orders, TestMesh.retrying(1, 503));
    assertThat(attempt(begin()).responded(503, Outcome.NOT_GRPC, "2")).isZero();
  }

  @Test
  @DisplayName("a rest that is longer than the time left of the call delivers the answer")
  void retry_noTime() {
    publish(
        TestMesh.route(
            TestMesh.cluster("orders", one), TestMesh.retrying(1, 503), Duration.ofSeconds(1)));
    assertThat(attempt(begin()).responded(503, Outcome.NOT_GRPC, "2")).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName(
      "an endpoint that refused a connection is avoided for 1 s, if there are others (Linkerd's"
          + " first back-off)")
  void refused() {
    publish(RoutePolicy.DEFAULT);
    Attempt attempt = attempt(begin());
    attempt.failed(new ConnectException("refused"), false);
    clock.advance(Duration.ofMillis(999));
    assertThat(spread(orders, 1_000)).containsEntry(attempt.endpoint(), 0);
    clock.advance(Duration.ofMillis(1));
    assertThat(spread(orders, 1_000).get(attempt.endpoint())).isPositive();
  }
}
