package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Decision;
import io.endomesh.dataplane.FakeClock;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.TestRequest;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.RetryPolicy;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName("Retry storms")
class RetryStormsTest extends Conformance {

  private static final String ATTEMPT = "x-envoy-attempt-count";
  private static final String OVERLOADED = "x-envoy-overloaded";

  @Test
  @DisplayName(
      "a retry says so to the server, in x-envoy-attempt-count; a first attempt says nothing (Envoy"
          + " include_request_attempt_count)")
  void attempt_isSaid() {
    publish(orders, TestMesh.retrying(2, 503));
    TestRequest request = TestRequest.get("orders", "/");
    Call call = call(request);
    Attempt first = attempt(call);
    assertThat(request.sent(ATTEMPT)).isEmpty();
    respond(first, 503);
    Attempt second = attempt(call);
    assertThat(request.sent(ATTEMPT)).containsExactly("2");
    respond(second, 503);
    attempt(call);
    assertThat(request.sent(ATTEMPT)).containsExactly("3");
  }

  @Test
  @DisplayName(
      "calls on behalf of a retry are not retried, and tell the next server that they belong to"
          + " one")
  void behalfOfARetry() {
    publish(orders, TestMesh.retrying(2, 503));
    TestRequest request = TestRequest.get("orders", "/");
    Call call = onBehalfOf(serve("2"), request);
    assertThat(respond(attempt(call), 503)).isEqualTo(Attempt.DELIVER);
    assertThat(request.sent(ATTEMPT)).containsExactly("2");
  }

  @Test
  @DisplayName("an attempt that never left is repeated also there: it adds to nobody's load")
  void behalfOfARetry_unsent() {
    publish(orders, TestMesh.retrying(2, 503));
    Call call = onBehalfOf(serve("2"), TestRequest.get("orders", "/"));
    assertThat(attempt(call).failed(new ConnectException("refused"), /* sent= */ false))
        .isNotNegative();
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "-3", "many", ""})
  @DisplayName("an attempt count that is no later attempt means nothing")
  void attempt_nonsense(String count) {
    publish(orders, TestMesh.retrying(2, 503));
    Call call = onBehalfOf(serve(count), TestRequest.get("orders", "/"));
    assertThat(respond(attempt(call), 503)).isNotNegative();
  }

  @ParameterizedTest
  @CsvSource({"503, true", "500, true", "404, false", "200, false"})
  @DisplayName(
      "a served call whose retries were used up is answered, if it fails, with x-envoy-overloaded"
          + " (gRPC: grpc-retry-pushback-ms -1), so that nobody above begins anew")
  void spent_isSaid(int status, boolean said) {
    publish(orders, TestMesh.retrying(1, 503));
    InboundCall served = serve(null);
    Call call = onBehalfOf(served, TestRequest.get("orders", "/"));
    respond(attempt(call), 503);
    assertThat(served.mustNotBeRepeated()).isFalse();
    respond(attempt(call), 503);
    assertThat(served.mustNotBeRepeated()).isTrue();
    assertThat(isOverloaded(served, status)).isEqualTo(said);
  }

  @Test
  @DisplayName(
      "where nothing was retried because no policy says so, a layer above may: nothing is said")
  void notSpent_withoutPolicy() {
    publish(orders, RetryPolicy.SAFE);
    InboundCall served = serve(null);
    respond(attempt(onBehalfOf(served, TestRequest.get("orders", "/"))), 503);
    assertThat(isOverloaded(served, 503)).isFalse();
  }

  @Test
  @DisplayName(
      "a retry that helped, or that the budget refused, is told apart: only the latter is said")
  void spent_byBudget() {
    publish(
        cluster(Balancing.DEFAULT, new Limits(Integer.MAX_VALUE, 0, 0, 0), null, one),
        TestMesh.retrying(1, 503));
    InboundCall refused = serve(null);
    respond(attempt(onBehalfOf(refused, TestRequest.get("orders", "/"))), 503);
    assertThat(refused.mustNotBeRepeated()).isTrue();

    publish(orders, TestMesh.retrying(1, 503));
    InboundCall helped = serve(null);
    Call call = onBehalfOf(helped, TestRequest.get("orders", "/"));
    respond(attempt(call), 503);
    respond(attempt(call), 200);
    assertThat(helped.mustNotBeRepeated()).isFalse();
  }

  @Test
  @DisplayName(
      "an answer with x-envoy-overloaded is not asked for again, and the next answer up says it too"
          + " (Envoy router)")
  void overloaded_isObeyedAndPassedOn() {
    publish(orders, TestMesh.retrying(3, 503));
    InboundCall served = serve(null);
    Attempt attempt = attempt(onBehalfOf(served, TestRequest.get("orders", "/")));
    assertThat(attempt.responded(503, Outcome.NOT_GRPC, null, /* overloaded= */ true))
        .isEqualTo(Attempt.DELIVER);
    assertThat(isOverloaded(served, 502)).isTrue();
  }

  @Test
  @DisplayName("a call that a limit refused is not to be made again by a layer above (Envoy)")
  void limit_isSaid() {
    publish(
        cluster(Balancing.DEFAULT, new Limits(1, 0, 20, 3), null, one), TestMesh.retrying(1, 503));
    attempt(begin());
    InboundCall served = serve(null);
    assertThat(reply(onBehalfOf(served, TestRequest.get("orders", "/"))).status()).isEqualTo(503);
    assertThat(isOverloaded(served, 503)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  @DisplayName(
      "if everything fails, three layers that each retry three times send the last service at most"
          + " 1.2 times the calls: only the lowest retries, by its budget of 20 %")
  void threeLayers(long seed) {
    Storm storm = new Storm(seed, /* marks= */ true);
    storm.run();
    assertThat(storm.finished).isEqualTo(Storm.CALLS);
    assertThat(storm.received[0]).isEqualTo(Storm.CALLS);
    assertThat(storm.received[1]).isEqualTo(Storm.CALLS);
    assertThat(storm.received[2]).isEqualTo(Storm.CALLS);
    assertThat(storm.received[3]).isBetween(Storm.CALLS + 1, (int) (1.2 * Storm.CALLS));
  }

  @Test
  @DisplayName("without what layers tell each other the same budgets would let it grow beyond 1.5")
  void threeLayers_deaf() {
    Storm storm = new Storm(1, /* marks= */ false);
    storm.run();
    assertThat(storm.received[3]).isGreaterThan((int) (1.5 * Storm.CALLS));
  }

  private InboundCall serve(String attempt) {
    TestRequest request = TestRequest.get("web", "/");
    return mesh.serve(attempt == null ? request : request.header(ATTEMPT, attempt));
  }

  private Call onBehalfOf(InboundCall served, TestRequest request) {
    CallContext before = served.context().attach();
    try {
      return call(request);
    } finally {
      CallContext.restore(before);
    }
  }

  private static boolean isOverloaded(InboundCall served, int status) {
    TestRequest response = TestRequest.get("web", "/");
    served.changeResponse(status, response);
    return !response.sent(OVERLOADED).isEmpty();
  }

  /**
   * Services one, two and three, of which each calls the next and the last calls one that always
   * fails. Many calls are under way at once; which goes on next is drawn.
   */
  private static final class Storm {

    static final int CALLS = 5_000;
    private static final int AT_ONCE = 300;
    private static final int LAYERS = 3;

    final int[] received = new int[LAYERS + 1];
    int finished;

    private final boolean marks;
    private final Random random;
    private final List<Runnable> ready = new ArrayList<>();
    private final Mesh[] meshes = new Mesh[LAYERS];

    Storm(long seed, boolean marks) {
      this.marks = marks;
      this.random = new Random(seed);
      FakeClock clock = new FakeClock();
      RetryPolicy retry = new RetryPolicy(3, Set.of(503), Set.of(), true, 0, 0);
      for (int i = 0; i < LAYERS; i++) {
        Cluster next = TestMesh.cluster("orders", TestMesh.endpoint(1), TestMesh.endpoint(2));
        meshes[i] = new Mesh(TestMesh.WORKLOAD, clock, clock);
        meshes[i].publish(
            TestMesh.snapshot(
                null, "orders", TestMesh.route(next, retry, java.time.Duration.ZERO)));
      }
    }

    void run() {
      for (int i = 0; i < CALLS; i++) {
        if (i >= AT_ONCE) {
          while (finished <= i - AT_ONCE) {
            goOn();
          }
        }
        ask(0, List.of(), overloaded -> finished++);
      }
      while (!ready.isEmpty()) {
        goOn();
      }
    }

    private void goOn() {
      int drawn = random.nextInt(ready.size());
      Runnable next = ready.set(drawn, ready.get(ready.size() - 1));
      ready.remove(ready.size() - 1);
      next.run();
    }

    /** The service of a layer gets a call, and answers 503 in the end. */
    private void ask(int layer, List<String> attempt, Consumer<Boolean> answered) {
      received[layer]++;
      if (layer == LAYERS) {
        ready.add(() -> answered.accept(false));
        return;
      }
      TestRequest request = TestRequest.get("web", "/");
      if (marks && !attempt.isEmpty()) {
        request.header(ATTEMPT, attempt.get(0));
      }
      InboundCall served = meshes[layer].serve(request);
      CallContext before = served.context().attach();
      Call call = meshes[layer].call(TestRequest.get("orders", "/"));
      CallContext.restore(before);
      ready.add(() -> goOn(layer, served, call, answered));
    }

    private void goOn(int layer, InboundCall served, Call call, Consumer<Boolean> answered) {
      Decision decision = call.next();
      if (!(decision instanceof Attempt attempt)) {
        answer(served, answered);
        return;
      }
      ask(
          layer + 1,
          ((TestRequest) call.request()).sent(ATTEMPT),
          overloaded -> {
            long delay = attempt.responded(503, Outcome.NOT_GRPC, null, marks && overloaded);
            if (delay == Attempt.DELIVER) {
              answer(served, answered);
            } else {
              ready.add(() -> goOn(layer, served, call, answered));
            }
          });
    }

    private void answer(InboundCall served, Consumer<Boolean> answered) {
      boolean overloaded = isOverloaded(served, 503);
      served.ended(503, Outcome.NOT_GRPC, null);
      ready.add(() -> answered.accept(overloaded));
    }
  }
}
