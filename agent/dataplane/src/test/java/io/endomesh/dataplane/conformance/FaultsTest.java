package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Pause;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.Share;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Faults")
class FaultsTest extends Conformance {

  private static final int DRAWS = 20_000;

  @Test
  @DisplayName("a call is delayed before anything is sent (Envoy HTTPFault.delay)")
  void delay() {
    publish(policy(0, new Fault(delay(Share.ALL, 5_000), null)));
    Call call = begin();
    assertThat(call.next()).isEqualTo(new Pause(seconds(5), "HTTPRoute/shop/orders rule 0"));
    clock.advance(Duration.ofSeconds(5));
    assertThat(call.next()).isInstanceOf(Attempt.class);
  }

  @Test
  @DisplayName(
      "a delay is not part of the route's timeout (Envoy: the fault filter stands before the"
          + " router)")
  void delay_isNotPartOfTheTimeout() {
    publish(policy(millis(100), new Fault(delay(Share.ALL, 5_000), null)));
    Call call = begin();
    call.next();
    clock.advance(Duration.ofSeconds(5));
    assertThat(attempt(call).timeoutNanos()).isEqualTo(millis(100));
  }

  @Test
  @DisplayName(
      "a delay is part of the time that the caller of this workload waits (gRPC deadline"
          + " propagation)")
  void delay_isPartOfTheCallersDeadline() {
    publish(policy(0, new Fault(delay(Share.ALL, 400), null)));
    CallContext previous = served("1000").context().attach();
    try {
      Call call = begin();
      call.next();
      clock.advance(Duration.ofMillis(400));
      assertThat(attempt(call).timeoutNanos()).isEqualTo(millis(600));
    } finally {
      CallContext.restore(previous);
    }
  }

  @Test
  @DisplayName("a call is aborted with a status, and no retry mends it (Envoy HTTPFault.abort)")
  void abort() {
    publish(policy(0, new Fault(null, new Fault.Abort(Share.ALL, 503, -1))));
    Reply reply = reply(begin());
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNAVAILABLE);
    assertThat(orders.load().active()).isZero();
  }

  @Test
  @DisplayName(
      "an abort of a gRPC call has the gRPC code that was asked for (Envoy FaultAbort.grpc_status)")
  void abort_grpcStatus() {
    publish(policy(0, new Fault(null, new Fault.Abort(Share.ALL, 200, 8))));
    assertThat(reply(begin()).grpcStatus()).isEqualTo(8);
  }

  @Test
  @DisplayName("a call is delayed first and aborted then (Envoy)")
  void delayAndAbort() {
    publish(policy(0, new Fault(delay(Share.ALL, 10), new Fault.Abort(Share.ALL, 500, -1))));
    Call call = begin();
    assertThat(call.next()).isInstanceOf(Pause.class);
    assertThat(call.next()).isInstanceOf(Reply.class);
  }

  @Test
  @DisplayName(
      "a fault befalls a share of the calls, to six standard deviations (Envoy FractionalPercent)")
  void share() {
    publish(policy(0, new Fault(null, new Fault.Abort(new Share(250_000), 503, -1))));
    int aborted = 0;
    for (int i = 0; i < DRAWS; i++) {
      aborted += begin().next() instanceof Reply ? 1 : 0;
    }
    assertShare(aborted, DRAWS, 0.25);
  }

  @Test
  @DisplayName("a share of none befalls nobody, and one beyond all is refused")
  void share_edges() {
    publish(policy(0, new Fault(delay(Share.NONE, 10), null)));
    for (int i = 0; i < 1_000; i++) {
      assertThat(begin().next()).isInstanceOf(Attempt.class);
    }
    assertThatThrownBy(() -> new Share(1_000_001))
        .hasMessage("share: 1000001 (expected: 0 to 1000000 per million)");
  }

  @Test
  @DisplayName("a fault with an end befalls nobody from then on, by the clock of the caller")
  void until() {
    Fault fault = new Fault(delay(Share.ALL, 10), new Fault.Abort(Share.ALL, 503, -1));
    publish(policy(0, fault.until(clock.millis() + 60_000)));
    Call early = begin();
    assertThat(early.next()).isInstanceOf(Pause.class);
    assertThat(early.next()).isInstanceOf(Reply.class);
    clock.advance(Duration.ofMinutes(1));
    assertThat(begin().next()).isInstanceOf(Attempt.class);
  }

  private InboundCall served(String waitsMillis) {
    return mesh.serve(
        TestRequest.get("web", "/").header("x-envoy-expected-rq-timeout-ms", waitsMillis));
  }

  private static Fault.Delay delay(Share share, long delayMillis) {
    return new Fault.Delay(share, millis(delayMillis));
  }

  private static RoutePolicy policy(long timeoutNanos, Fault fault) {
    return RoutePolicy.of(timeoutNanos, 0, TestMesh.retrying(2, 503)).withFault(fault);
  }
}
