package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import java.io.IOException;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Retries")
class RetriesTest extends Conformance {

  @ParameterizedTest
  @CsvSource({"GET, true", "POST, true", "POST, false"})
  @DisplayName(
      "without a policy an attempt that never left is repeated, twice at most, whatever the"
          + " method and the body (Istio: connect-failure, 2 attempts)")
  void unsent(String method, boolean replayable) {
    publish(RoutePolicy.DEFAULT);
    TestRequest request =
        method.equals("GET") ? TestRequest.get("orders", "/") : TestRequest.post("orders", "/");
    Call call = call(replayable ? request : request.streamed());
    assertThat(refuse(attempt(call))).isNotNegative();
    assertThat(refuse(attempt(call))).isNotNegative();
    assertThat(refuse(attempt(call))).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName(
      "without a policy nothing that was sent is repeated (stricter than Istio, whose default"
          + " retry_on repeats unavailable)")
  void sent_noPolicy() {
    publish(RoutePolicy.DEFAULT);
    assertThat(respond(attempt(begin()), 503)).isEqualTo(Attempt.DELIVER);
    assertThat(attempt(begin()).failed(new IOException("reset"), true)).isEqualTo(Attempt.DELIVER);
  }

  @ParameterizedTest
  @CsvSource({"503, true", "500, false", "429, false", "200, false"})
  @DisplayName(
      "the statuses that a policy names are repeated, and no others (Gateway API retry.codes)")
  void statuses(int status, boolean retried) {
    publish(orders, TestMesh.retrying(1, 503));
    assertThat(respond(attempt(begin()), status) != Attempt.DELIVER).isEqualTo(retried);
  }

  @ParameterizedTest
  @CsvSource({"14, true", "13, false", "0, false"})
  @DisplayName(
      "of a gRPC call the gRPC code counts, not the HTTP status (Envoy retry_on: unavailable)")
  void grpcStatuses(int code, boolean retried) {
    publish(orders, TestMesh.retrying(1, 200));
    Call call = call(TestRequest.grpc("orders", "/shop.Orders/Get"));
    assertThat(attempt(call).responded(200, code) != Attempt.DELIVER).isEqualTo(retried);
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "70, 70", "-1, -1", "soon, -1"})
  @DisplayName(
      "a gRPC server that pushes back says exactly when the call is repeated; a negative number, or"
          + " none, forbids it (gRFC A6)")
  void pushback(String pushback, long expectedMillis) {
    publish(orders, new RetryPolicy(1, Set.of(), Set.of(14), false, millis(25), millis(25)));
    Call call = call(TestRequest.grpc("orders", "/shop.Orders/Get"));
    assertThat(attempt(call).closed(200, 14, pushback))
        .isEqualTo(expectedMillis < 0 ? Attempt.DELIVER : millis(expectedMillis));
  }

  @Test
  @DisplayName("a gRPC call that got no answer counts as reset too (Envoy retry_on: reset)")
  void reset_grpc() {
    publish(orders, new RetryPolicy(1, Set.of(), Set.of(), /* onReset= */ true, 0, 0));
    Call call = call(TestRequest.grpc("orders", "/shop.Orders/Get"));
    assertThat(attempt(call).closed(0, 14, null)).isNotNegative();
  }

  @Test
  @DisplayName(
      "a retry that would come after the application's own timeout is not made: it gets the answer"
          + " that is there")
  void patience() {
    publish(orders, TestMesh.retrying(1, 503));
    TestRequest request = TestRequest.get("orders", "/").patient(seconds(1));
    one.load().rest(seconds(60), clock.getAsLong());
    two.load().rest(seconds(60), clock.getAsLong());
    assertThat(attempt(call(request)).responded(503, Outcome.NOT_GRPC, "60"))
        .isEqualTo(Attempt.DELIVER);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @DisplayName(
      "a request that was sent and got no answer is repeated only if the policy says so (Envoy"
          + " retry_on: reset)")
  void reset(boolean onReset) {
    publish(orders, new RetryPolicy(1, Set.of(), Set.of(), onReset, 0, 0));
    assertThat(attempt(begin()).failed(new IOException("reset"), true) != Attempt.DELIVER)
        .isEqualTo(onReset);
  }

  @Test
  @DisplayName(
      "a body that cannot be sent again is not (Envoy: no retry once the buffer is exceeded)")
  void streamed() {
    publish(orders, TestMesh.retrying(1, 503));
    Call call = call(TestRequest.post("orders", "/").streamed());
    assertThat(respond(attempt(call), 503)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName("a call is repeated as often as the policy says (Envoy num_retries)")
  void retries() {
    publish(orders, TestMesh.retrying(2, 503));
    Call call = begin();
    assertThat(respond(attempt(call), 503)).isZero();
    assertThat(respond(attempt(call), 503)).isZero();
    assertThat(respond(attempt(call), 503)).isEqualTo(Attempt.DELIVER);
    assertThat(call.attempts()).isEqualTo(3);
  }

  @Test
  @DisplayName("0 retries repeat nothing, not even what never left (Istio retries.attempts: 0)")
  void retries_none() {
    publish(orders, RetryPolicy.NONE);
    assertThat(refuse(attempt(begin()))).isEqualTo(Attempt.DELIVER);
  }

  @ParameterizedTest
  @CsvSource({"1, 25", "2, 50", "3, 100", "4, 200", "5, 250", "64, 250"})
  @DisplayName(
      "back-off is random below 25 ms, doubled with each retry up to 250 ms (Envoy RetryBackOff,"
          + " gRFC A44)")
  void backOff(int attempt, long ceilingMillis) {
    long most = 0;
    for (int i = 0; i < 1_000; i++) {
      most = Math.max(most, RetryPolicy.SAFE.delayNanos(attempt));
    }
    // The highest of 1,000 draws falls short of 95 % once in 10^22 runs.
    assertThat(most).isBetween(millis(ceilingMillis) * 95 / 100, millis(ceilingMillis) - 1);
  }

  @Test
  @DisplayName(
      "a retry goes to an endpoint that this call has not tried (Istio"
          + " retry_ignore_previous_hosts)")
  void otherEndpoint() {
    Endpoint[] three = endpoints(3);
    publish(TestMesh.cluster("orders", three), TestMesh.retrying(2, 503));
    for (int i = 0; i < 100; i++) {
      Call call = begin();
      Set<Endpoint> tried = new HashSet<>();
      for (int attempt = 0; attempt < 3; attempt++) {
        Attempt next = attempt(call);
        tried.add(next.endpoint());
        respond(next, attempt == 2 ? 200 : 503);
      }
      assertThat(tried).containsExactlyInAnyOrder(three);
    }
  }

  @Test
  @DisplayName(
      "if all were tried, a retry goes to one of them again (Envoy"
          + " host_selection_retry_max_attempts)")
  void otherEndpoint_none() {
    publish(TestMesh.cluster("orders", one), TestMesh.retrying(1, 503));
    Call call = begin();
    respond(attempt(call), 503);
    assertThat(attempt(call).endpoint()).isSameAs(one);
  }

  @Test
  @DisplayName("no retry is begun that the timeout would not let begin (Gateway API GEP-1731)")
  void timeLeft() {
    RetryPolicy slow =
        new RetryPolicy(1, Set.of(503), Set.of(), false, seconds(3_600), seconds(3_600));
    publish(TestMesh.route(orders, RoutePolicy.of(millis(1), 0, slow)));
    int delivered = 0;
    for (int i = 0; i < 100; i++) {
      Call call = begin();
      delivered += respond(attempt(call), 503) == Attempt.DELIVER ? 1 : 0;
      call.abandoned();
    }
    // A back-off shorter than the 1 ms that is left is drawn once in 3.6 million times.
    assertThat(delivered).isGreaterThanOrEqualTo(99);
  }

  @Test
  @DisplayName(
      "three retries are always permitted, so that a quiet client can retry at all (Envoy"
          + " RetryBudget.min_retry_concurrency)")
  void budget_floor() {
    publish(orders, TestMesh.retrying(1, 503));
    for (int i = 0; i < 3; i++) {
      Call call = begin();
      assertThat(respond(attempt(call), 503)).isZero();
      attempt(call);
    }
    assertThat(respond(attempt(begin()), 503)).isEqualTo(Attempt.DELIVER);
  }

  @Test
  @DisplayName(
      "beyond that there is one retry to five first attempts in flight (Envoy"
          + " RetryBudget.budget_percent, 20, there of all attempts)")
  void budget_share() {
    publish(orders, TestMesh.retrying(1, 503));
    List<Attempt> inFlight = start(101);
    int retried = 0;
    for (int i = 0; i < 30; i++) {
      Call call = begin();
      if (respond(attempt(call), 503) != Attempt.DELIVER) {
        retried++;
        attempt(call);
      }
    }
    assertThat(inFlight).hasSize(101);
    assertThat(retried).isEqualTo(20);
  }

  @Test
  @DisplayName(
      "a retry that waits for its back-off counts as one in flight: calls that fail at once do"
          + " not slip through together (Envoy)")
  void budget_countsTheWaiting() {
    publish(orders, new RetryPolicy(1, Set.of(503), Set.of(), false, seconds(1), seconds(1)));
    int retried = 0;
    for (Attempt attempt : start(100)) {
      retried += respond(attempt, 503) != Attempt.DELIVER ? 1 : 0;
    }
    assertThat(retried).isBetween(3, 19);
    assertThat(orders.load().waiting()).isEqualTo(retried);
  }

  @Test
  @DisplayName("a call given up during its back-off no longer counts")
  void budget_forgetsTheAbandoned() {
    publish(orders, new RetryPolicy(1, Set.of(503), Set.of(), false, seconds(1), seconds(1)));
    Call call = begin();
    respond(attempt(call), 503);
    assertThat(orders.load().waiting()).isEqualTo(1);
    call.abandoned();
    call.abandoned();
    assertThat(orders.load().waiting()).isZero();
  }

  @Test
  @DisplayName(
      "if every attempt fails and 200 calls are in flight, retries make at most 1.2 times the"
          + " attempts")
  void budget_amplification() {
    publish(orders, TestMesh.retrying(3, 503));
    List<Attempt> inFlight = start(200);
    int calls = inFlight.size();
    int attempts = inFlight.size();
    while (attempts < 50_000) {
      int any = random.nextInt(inFlight.size());
      Attempt failed = inFlight.get(any);
      boolean again = respond(failed, 503) != Attempt.DELIVER;
      calls += again ? 0 : 1;
      attempts++;
      inFlight.set(any, attempt(again ? failed.call() : begin()));
    }
    double amplification = (double) attempts / calls;
    assertThat(amplification).isBetween(1.15, 1.2);
  }

  @Test
  @DisplayName("a fixed number of retries replaces the budget (Envoy Thresholds.max_retries)")
  void maxRetries() {
    Cluster few =
        cluster(Balancing.DEFAULT, new Limits(Integer.MAX_VALUE, 1, 20, 3), null, one, two);
    publish(few, TestMesh.retrying(1, 503));
    Call call = begin();
    assertThat(respond(attempt(call), 503)).isZero();
    attempt(call);
    assertThat(respond(attempt(begin()), 503)).isEqualTo(Attempt.DELIVER);
  }

  private List<Attempt> start(int calls) {
    List<Attempt> inFlight = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      inFlight.add(attempt(begin()));
    }
    return inFlight;
  }

  private static long refuse(Attempt attempt) {
    return attempt.failed(new ConnectException("refused"), false);
  }
}
