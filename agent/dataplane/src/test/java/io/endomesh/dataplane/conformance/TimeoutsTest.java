package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.RoutePolicy;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Timeouts")
class TimeoutsTest extends Conformance {

  private static final String HEADER = "x-envoy-expected-rq-timeout-ms";

  @Test
  @DisplayName("without a policy a call has no timeout, and says none (Istio timeout: disabled)")
  void none() {
    publish(RoutePolicy.DEFAULT);
    TestRequest request = TestRequest.get("orders", "/");
    assertThat(attempt(call(request)).timeoutNanos()).isEqualTo(Call.NO_TIMEOUT);
    assertThat(request.sent(HEADER)).isEmpty();
  }

  @Test
  @DisplayName(
      "the request timeout covers all attempts and the waits between them; then the answer is"
          + " 504, gRPC DEADLINE_EXCEEDED (Gateway API timeouts.request)")
  void request() {
    publish(RoutePolicy.of(millis(100), 0, TestMesh.retrying(5, 503)));
    Call call = begin();
    Attempt first = attempt(call);
    assertThat(first.timeoutNanos()).isEqualTo(millis(100));
    clock.advance(Duration.ofMillis(60));
    respond(first, 503);
    Attempt second = attempt(call);
    assertThat(second.timeoutNanos()).isEqualTo(millis(40));
    clock.advance(Duration.ofMillis(40));
    assertThat(respond(second, 503)).isEqualTo(Attempt.DELIVER);
    Reply reply = reply(call);
    assertThat(reply.status()).isEqualTo(504);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_DEADLINE_EXCEEDED);
    assertThat(reply.message()).contains("request timeout");
  }

  @Test
  @DisplayName(
      "the timeout of an attempt starts anew with each, and never exceeds what is left of the"
          + " request's (Gateway API timeouts.backendRequest)")
  void attempt_timeout() {
    publish(RoutePolicy.of(millis(100), millis(70), TestMesh.retrying(5, 503)));
    Call call = begin();
    Attempt first = attempt(call);
    assertThat(first.timeoutNanos()).isEqualTo(millis(70));
    clock.advance(Duration.ofMillis(20));
    respond(first, 503);
    Attempt second = attempt(call);
    assertThat(second.timeoutNanos()).isEqualTo(millis(70));
    clock.advance(Duration.ofMillis(50));
    respond(second, 503);
    assertThat(attempt(call).timeoutNanos()).isEqualTo(millis(30));
  }

  @Test
  @DisplayName(
      "a server is told how long an attempt is waited for, in x-envoy-expected-rq-timeout-ms"
          + " (Envoy router)")
  void header_out() {
    publish(RoutePolicy.of(millis(100), millis(70), TestMesh.retrying(5, 503)));
    TestRequest request = TestRequest.get("orders", "/");
    Call call = call(request);
    Attempt first = attempt(call);
    assertThat(request.sent(HEADER)).containsExactly("70");
    clock.advance(Duration.ofMillis(60));
    respond(first, 503);
    attempt(call);
    assertThat(request.sent(HEADER)).containsExactly("40");
  }

  @Test
  @DisplayName("a gRPC server is not told in the header of HTTP: gRPC has grpc-timeout")
  void header_grpc() {
    publish(RoutePolicy.of(millis(100), 0, RetryPolicy.SAFE));
    TestRequest request = TestRequest.grpc("orders", "/shop.Orders/Get");
    assertThat(attempt(call(request)).timeoutNanos()).isEqualTo(millis(100));
    assertThat(request.sent(HEADER)).isEmpty();
  }

  @Test
  @DisplayName("less than a millisecond left is said as 1: 0 would mean no timeout")
  void header_lessThanAMillisecond() {
    publish(RoutePolicy.of(100, 0, RetryPolicy.SAFE));
    TestRequest request = TestRequest.get("orders", "/");
    attempt(call(request));
    assertThat(request.sent(HEADER)).containsExactly("1");
  }

  @Test
  @DisplayName(
      "calls made on behalf of a call end when its caller stops waiting, without any timeout of"
          + " their own (gRPC deadline propagation)")
  void callersDeadline() {
    publish(RoutePolicy.DEFAULT);
    onBehalfOf(
        "250",
        () -> {
          clock.advance(Duration.ofMillis(50));
          TestRequest request = TestRequest.get("orders", "/");
          assertThat(attempt(call(request)).timeoutNanos()).isEqualTo(millis(200));
          assertThat(request.sent(HEADER)).containsExactly("200");
        });
  }

  @Test
  @DisplayName("of the route's timeout and the caller's deadline the shorter counts")
  void callersDeadline_andTimeout() {
    publish(RoutePolicy.of(millis(100), 0, RetryPolicy.SAFE));
    onBehalfOf("250", () -> assertThat(attempt(begin()).timeoutNanos()).isEqualTo(millis(100)));
    onBehalfOf("50", () -> assertThat(attempt(begin()).timeoutNanos()).isEqualTo(millis(50)));
  }

  @Test
  @DisplayName("a call begun after the caller stopped waiting is not sent: 504, and it says why")
  void callersDeadline_passed() {
    publish(RoutePolicy.DEFAULT);
    onBehalfOf(
        "250",
        () -> {
          clock.advance(Duration.ofMillis(251));
          Reply reply = reply(begin());
          assertThat(reply.status()).isEqualTo(504);
          assertThat(reply.message()).startsWith("deadline of the call on whose behalf");
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "0", "-1", "soon", "1e3", "99999999999999999999", "9223372036854775807"})
  @DisplayName("a caller that says no sensible time waits for ever")
  void header_in_senseless(String value) {
    assertThat(mesh.serve(TestRequest.get("web", "/").header(HEADER, value)).context())
        .extracting(CallContext::deadlineNanos)
        .isEqualTo(CallContext.NO_DEADLINE);
  }

  @ParameterizedTest
  @CsvSource({
    "1H, 3600000",
    "2M, 120000",
    "3S, 3000",
    "250m, 250",
    "250000u, 250",
    "99999999n, 99"
  })
  @DisplayName(
      "a gRPC caller's grpc-timeout ends calls of any protocol made on its behalf (gRPC over"
          + " HTTP/2)")
  void callersDeadline_grpc(String timeout, long millis) {
    publish(RoutePolicy.DEFAULT);
    TestRequest served = TestRequest.grpc("web", "/shop.Web/Get").header("grpc-timeout", timeout);
    onBehalfOf(
        served,
        () -> {
          TestRequest request = TestRequest.get("orders", "/");
          attempt(call(request));
          assertThat(request.sent(HEADER)).containsExactly(Long.toString(millis));
        });
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "5", "S", "0S", "-1S", "5s", "5 S", "123456789S", "soon"})
  @DisplayName("a grpc-timeout that cannot be read is none")
  void callersDeadline_grpcSenseless(String timeout) {
    assertThat(
            mesh.serve(TestRequest.grpc("web", "/shop.Web/Get").header("grpc-timeout", timeout))
                .context())
        .extracting(CallContext::deadlineNanos)
        .isEqualTo(CallContext.NO_DEADLINE);
  }

  private void onBehalfOf(String waitsMillis, Runnable calls) {
    onBehalfOf(TestRequest.get("web", "/").header(HEADER, waitsMillis), calls);
  }

  private void onBehalfOf(TestRequest request, Runnable calls) {
    InboundCall served = mesh.serve(request);
    CallContext previous = served.context().attach();
    try {
      calls.run();
    } finally {
      CallContext.restore(previous);
    }
  }
}
