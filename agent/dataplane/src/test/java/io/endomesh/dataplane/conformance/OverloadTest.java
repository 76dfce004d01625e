package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Inbound.Port;
import io.endomesh.dataplane.Inbound.TlsMode;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.limit.Concurrency;
import io.endomesh.dataplane.limit.GradientLimit;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.limit.RateLimits;
import io.endomesh.dataplane.limit.Urgency;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@DisplayName("Overload")
class OverloadTest extends Conformance {

  private static final String POLICY = "OverloadPolicy/shop/web";
  private static final String CHECKOUT = "spiffe://td/ns/shop/sa/checkout";
  private static final String REPORTS = "spiffe://td/ns/batch/sa/reports";
  private static final int MEASURED = 20;

  private GradientLimit limit = new GradientLimit(between(1, 1), 0);

  @Test
  @DisplayName("without a policy any number of calls runs at a time")
  void none() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(mesh.serve(TestRequest.get("web", "/")).refusal()).isNull();
    }
  }

  @Test
  @DisplayName(
      "beyond the limit of calls that run, one is answered with 503, gRPC UNAVAILABLE, naming the"
          + " policy (Envoy adaptive_concurrency)")
  void refusal() {
    guard(between(2, 2));
    run(TestRequest.get("web", "/"), 2);
    Reply reply = mesh.serve(TestRequest.get("web", "/cart")).decided();
    assertThat(reply).isNotNull();
    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.grpcStatus()).isEqualTo(Reply.GRPC_UNAVAILABLE);
    assertThat(reply.decidedBy()).isEqualTo(POLICY);
    assertThat(reply.message()).contains("2 calls are running, of 2").contains("/cart");
  }

  @Test
  @DisplayName("a call runs until it ends, once; one that was refused never did")
  void counted() {
    guard(between(1, 1));
    InboundCall first = mesh.serve(TestRequest.get("web", "/"));
    InboundCall refused = mesh.serve(TestRequest.get("web", "/"));
    refused.ended(503, Outcome.NOT_GRPC, null);
    assertThat(limit.running()).isEqualTo(1);
    first.ended(200, Outcome.NOT_GRPC, null);
    first.ended(200, Outcome.NOT_GRPC, null);
    assertThat(limit.running()).isZero();
  }

  @Test
  @DisplayName("a call that authorization refuses does not run")
  void afterAuthorization() {
    guard(between(1, 1), new Authorization(List.of(), List.of(nobody())));
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal().status()).isEqualTo(403);
    assertThat(limit.running()).isZero();
  }

  @Test
  @DisplayName("a call that is turned away has taken nothing from the rate limits of its workload")
  void turnedAway_takesNothing() {
    RateLimit rate =
        new RateLimit(
            "RateLimitPolicy/shop/web",
            "all",
            Condition.ANY,
            new LimitKey.None(),
            new Rate(2, TimeUnit.HOURS.toNanos(1), 2),
            0);
    limit = new GradientLimit(between(1, 1), clock.getAsLong());
    Port port =
        new Port(TlsMode.PERMISSIVE, Authorization.ALLOW_ALL)
            .limitedBy(
                new RateLimits(
                    List.of(new RateLimits.Counted(rate, rate.newBuckets(clock.getAsLong())))))
            .guardedBy(new Overload(POLICY, Urgency.NONE, limit));
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
    InboundCall first = mesh.serve(TestRequest.get("web", "/"));
    for (int i = 0; i < 10; i++) {
      assertThat(mesh.serve(TestRequest.get("web", "/")).refusal().status()).isEqualTo(503);
    }
    first.ended(200, Outcome.NOT_GRPC, null);
    InboundCall second = mesh.serve(TestRequest.get("web", "/"));
    assertThat(second.refusal()).isNull();
    second.ended(200, Outcome.NOT_GRPC, null);
    assertThat(mesh.serve(TestRequest.get("web", "/")).refusal().status()).isEqualTo(429);
  }

  private static io.endomesh.dataplane.authorize.Policy nobody() {
    return new io.endomesh.dataplane.authorize.Policy("nobody", List.of());
  }

  @ParameterizedTest
  @CsvSource({"0, 13", "1, 12", "2, 11", "3, 10", "4, 9", "5, 8", "6, 7", "7, 6"})
  @DisplayName(
      "the least urgent are turned away first: each step of urgency below the default leaves a"
          + " tenth of the limit to the others, each above may go a tenth beyond it (RFC 9218,"
          + " 4.1)")
  void urgency(int urgency, int running) {
    guard(between(10, 10));
    assertThat(run(TestRequest.get("web", "/").header("priority", "u=" + urgency), 50))
        .isEqualTo(running);
  }

  @Test
  @DisplayName("when the server is full of less urgent calls, urgent ones still get in")
  void urgency_getsIn() {
    guard(between(10, 10));
    run(TestRequest.get("web", "/").header("priority", "u=7"), 50);
    assertThat(run(TestRequest.get("web", "/"), 50)).isEqualTo(4);
    assertThat(run(TestRequest.get("web", "/").header("priority", "u=0"), 50)).isEqualTo(3);
  }

  @Test
  @DisplayName(
      "when the limit shrinks below what runs, urgent calls still get in, as many at a time as they"
          + " may take beyond the limit, and one at least")
  void urgency_afterShrinking() {
    guard(between(4, 100));
    calls(1_000, millis(10));
    run(TestRequest.get("web", "/"), 100);
    clock.advance(Duration.ofMinutes(2));
    // It closes the window, and the shortest time is measured: by 4 at a time.
    InboundCall first = mesh.serve(TestRequest.get("web", "/").header("priority", "u=0"));
    first.ended(200, Outcome.NOT_GRPC, null);
    assertThat(limit.limit()).isEqualTo(4);
    assertThat(limit.running()).isEqualTo(100);
    for (int i = 0; i < 3; i++) {
      assertThat(mesh.serve(TestRequest.get("web", "/")).refusal()).isNotNull();
      InboundCall urgent = mesh.serve(TestRequest.get("web", "/").header("priority", "u=0"));
      assertThat(urgent.refusal()).isNull();
      assertThat(run(TestRequest.get("web", "/").header("priority", "u=0"), 10)).isZero();
      urgent.ended(200, Outcome.NOT_GRPC, null);
      assertThat(limit.running()).isEqualTo(100);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "u=0      | 13",
        "u=5, i   | 8",
        "i, u=5   | 8",
        "u=5;x=1  | 8",
        "u=1,u=7  | 6",
        "u=8      | 10",
        "u=-1     | 10",
        "u=55     | 10",
        "u        | 10",
        "urgent   | 10",
      })
  @DisplayName(
      "the urgency is the parameter u of the header, the last of several, and the default where it"
          + " makes no sense (RFC 9218, 4.1; RFC 8941)")
  void urgency_header(String header, int running) {
    guard(between(10, 10));
    assertThat(run(TestRequest.get("web", "/").header("priority", header), 50)).isEqualTo(running);
  }

  @Test
  @DisplayName(
      "what a caller proves counts before what it says: it cannot make itself more urgent than the"
          + " policy says")
  void urgency_caller() {
    guard(between(10, 10));
    TestRequest reports = TestRequest.get("web", "/").header("priority", "u=0").from(REPORTS);
    assertThat(run(reports, 50)).isEqualTo(6);
    assertThat(run(TestRequest.get("web", "/").from(CHECKOUT), 50)).isEqualTo(12 - 6);
  }

  @Test
  @DisplayName(
      "it begins with measuring the shortest time: the minimum of calls runs at a time until enough"
          + " have ended (Envoy MinimumRTTCalculationParams)")
  void measurement() {
    guard(between(3, 100));
    assertThat(limit.limit()).isEqualTo(3);
    calls(MEASURED - 1, millis(10));
    assertThat(limit.limit()).isEqualTo(3);
    calls(1 + 10, millis(10));
    assertThat(limit.limit()).isGreaterThan(3);
  }

  @Test
  @DisplayName(
      "while calls take their shortest time the limit grows to its maximum (Envoy"
          + " ConcurrencyLimitCalculationParams.max_concurrency_limit)")
  void grows() {
    guard(between(3, 100));
    calls(1_000, millis(10));
    assertThat(limit.limit()).isEqualTo(100);
  }

  @ParameterizedTest
  @CsvSource({"11, 100", "20, 70.4", "25, 57.1", "100, 57.1"})
  @DisplayName(
      "by gradient = 1.25 * minRTT / sampleRTT, from 0.5 to 2, the limit becomes gradient * limit +"
          + " sqrt(gradient * limit) (Envoy GradientController::calculateNewLimit)")
  void gradient(long millis, double expected) {
    guard(between(3, 100));
    calls(1_000, millis(10));
    window(millis(millis));
    // Times are counted in steps of an eighth of a power of two.
    assertThat((double) limit.limit()).isCloseTo(expected, Percentage.withPercentage(8));
  }

  @Test
  @DisplayName(
      "if the limit stands at its minimum for five windows, the shortest time is measured anew"
          + " (Envoy GradientController)")
  void stuck() {
    guard(between(3, 100));
    calls(1_000, millis(10));
    // Four times as slow for good: at first taken for overload, then for what it is.
    calls(1_000, millis(40));
    assertThat(limit.limit()).isEqualTo(100);
  }

  @Test
  @DisplayName(
      "after the interval the shortest time is measured again, by calls that began after that"
          + " (Envoy MinimumRTTCalculationParams.interval)")
  void measuredAgain() {
    guard(between(3, 100));
    calls(1_000, millis(10));
    List<InboundCall> before = new ArrayList<>();
    for (int i = 0; i < MEASURED; i++) {
      before.add(mesh.serve(TestRequest.get("web", "/")));
    }
    clock.advance(Duration.ofMinutes(2));
    before.forEach(call -> call.ended(200, Outcome.NOT_GRPC, null));
    assertThat(limit.limit()).isEqualTo(3);
    calls(MEASURED + 1, millis(10));
    assertThat(limit.limit()).isGreaterThan(50);
  }

  @Test
  @DisplayName(
      "a server that serves 8 at a time, asked by 200 callers at once, keeps its answers within"
          + " four times the shortest time and its throughput whole")
  void overload() {
    guard(between(3, 1_000));
    Server server = new Server(8, 10);
    server.run(200, 60_000);
    server.reset();
    server.run(200, 30_000);
    assertThat(server.served).isGreaterThan(30_000 * 8 / 10 * 9 / 10);
    assertThat(server.slowestOfHalf()).isLessThan(40);
  }

  /** So many workers with a queue before them, under callers that come back a millisecond later. */
  private final class Server {
    private final int workers;
    private final int millis;
    private final Deque<InboundCall> queue = new ArrayDeque<>();
    private final List<Working> working = new ArrayList<>();
    private final Map<InboundCall, Long> began = new java.util.IdentityHashMap<>();
    private final List<Long> times = new ArrayList<>();
    private long now;
    private int served;

    private record Working(InboundCall call, long until) {}

    Server(int workers, int millis) {
      this.workers = workers;
      this.millis = millis;
    }

    void reset() {
      served = 0;
      times.clear();
    }

    long slowestOfHalf() {
      List<Long> sorted = times.stream().sorted().toList();
      return sorted.get(sorted.size() / 2);
    }

    void run(int callers, int forMillis) {
      for (int i = 0; i < forMillis; i++) {
        now++;
        clock.advance(Duration.ofMillis(1));
        for (Working done : working.stream().filter(w -> w.until() <= now).toList()) {
          working.remove(done);
          done.call().ended(200, Outcome.NOT_GRPC, null);
          times.add(now - began.remove(done.call()));
          served++;
        }
        while (began.size() < callers) {
          InboundCall call = mesh.serve(TestRequest.get("web", "/"));
          if (call.refusal() != null) {
            break;
          }
          began.put(call, now);
          queue.add(call);
        }
        while (working.size() < workers && !queue.isEmpty()) {
          working.add(new Working(queue.remove(), now + millis));
        }
      }
    }
  }

  private static Concurrency between(int min, int max) {
    return new Concurrency(
        min,
        max,
        Concurrency.DEFAULT_PERCENTILE,
        millis(100),
        seconds(60),
        Concurrency.DEFAULT_JITTER_PERCENT,
        MEASURED,
        Concurrency.DEFAULT_BUFFER_PERCENT);
  }

  private void guard(Concurrency settings) {
    guard(settings, Authorization.ALLOW_ALL);
  }

  private void guard(Concurrency settings, Authorization authorization) {
    limit = new GradientLimit(settings, clock.getAsLong());
    Urgency urgency =
        new Urgency(
            "priority",
            List.of(
                new Urgency.CallerClass(CHECKOUT, 1),
                new Urgency.CallerClass("spiffe://td/ns/batch/", 7)));
    Port port =
        new Port(TlsMode.PERMISSIVE, authorization).guardedBy(new Overload(POLICY, urgency, limit));
    mesh.publish(new Snapshot(1, Map.of(), new Inbound(Map.of(), port), null));
  }

  /** How many of these run, none of which ends. */
  private int run(TestRequest request, int tries) {
    int running = 0;
    for (int i = 0; i < tries; i++) {
      if (mesh.serve(request).refusal() == null) {
        running++;
      }
    }
    return running;
  }

  /** One after the other. */
  private void calls(int number, long nanos) {
    for (int i = 0; i < number; i++) {
      InboundCall call = mesh.serve(TestRequest.get("web", "/"));
      clock.advance(Duration.ofNanos(nanos));
      call.ended(200, Outcome.NOT_GRPC, null);
    }
  }

  /** One window of calls that all take so long. */
  private void window(long nanos) {
    int before = limit.limit();
    for (int i = 0; i < 100 && limit.limit() == before; i++) {
      calls(1, nanos);
    }
  }
}
