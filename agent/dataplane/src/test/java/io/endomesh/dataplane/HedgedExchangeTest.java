package io.endomesh.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.route.RetryPolicy;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@link AsyncCall} does with a call that is hedged, by a clock that runs. */
class HedgedExchangeTest {

  private static final long SOON = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long HOUR = TimeUnit.HOURS.toNanos(1);
  private static final Limits AMPLE = new Limits(Integer.MAX_VALUE, 0, 100, 1_000_000);

  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD, System::nanoTime, Clock.systemUTC());
  private final Library library = new Library();
  private Cluster cluster = publish(SOON, 2, RetryPolicy.NONE);

  private Cluster publish(long afterNanos, int maxAttempts, RetryPolicy retry) {
    Hedging hedging = new Hedging("p", afterNanos, maxAttempts);
    cluster =
        TestMesh.cluster(
            "orders",
            new ClusterPolicy(null, Balancing.DEFAULT, AMPLE, null, 50, false, null, hedging),
            TestMesh.endpoint(1),
            TestMesh.endpoint(2),
            TestMesh.endpoint(3));
    mesh.publish(TestMesh.snapshot(null, "orders", TestMesh.route(cluster, retry, Duration.ZERO)));
    return cluster;
  }

  @Test
  void attempt_withoutAnAnswer_isFollowedByAnother_andTheOneThatLosesIsCancelled()
      throws Exception {
    AsyncCall<String> call = start();
    Made first = library.next();
    Made second = library.next();

    second.answer(200);

    assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("2");
    assertThat(first.over.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(first.attempt.superseded()).isTrue();
    assertNothingInFlight();
  }

  @Test
  void attempt_thatAnswersInTime_isAlone() throws Exception {
    publish(HOUR, 2, RetryPolicy.NONE);
    AsyncCall<String> call = start();

    library.next().answer(200);

    assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("1");
    assertThat(library.made).isEmpty();
    assertNothingInFlight();
  }

  @Test
  void firstAttempt_answersAfterAll_isTheCalls() throws Exception {
    AsyncCall<String> call = start();
    Made first = library.next();
    Made second = library.next();

    first.answer(200);

    assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("1");
    assertThat(second.over.get(10, TimeUnit.SECONDS)).isTrue();
    assertNothingInFlight();
  }

  @Test
  void attempts_thatAllFail_areRetried() throws Exception {
    publish(SOON, 2, TestMesh.retrying(2, 503));
    AsyncCall<String> call = start();
    Made first = library.next();
    Made second = library.next();

    second.answer(503);
    assertThat(call).isNotDone();
    first.answer(503);
    library.next().answer(200);

    assertThat(call.get(10, TimeUnit.SECONDS)).isEqualTo("3");
    assertNothingInFlight();
  }

  @Test
  void call_cancelled_cancelsAll() throws Exception {
    AsyncCall<String> call = start();
    Made first = library.next();
    Made second = library.next();

    call.cancel(true);

    assertThat(first.over.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(second.over.get(10, TimeUnit.SECONDS)).isTrue();
    assertThat(call).isCancelled();
    assertNothingInFlight();
  }

  @Test
  void hedge_thatTheLibraryRefusesToSend_endsTheCallWithWhatItSaid() throws Exception {
    library.refusesFrom = 2;
    AsyncCall<String> call = start();
    Made first = library.next();

    assertThatThrownBy(() -> call.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(IllegalStateException.class);
    assertThat(first.over.get(10, TimeUnit.SECONDS)).isTrue();
    assertNothingInFlight();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void attempts_endingAnyHowOnAnyThread_giveOneAnswerAndLeaveNothing(long seed) throws Exception {
    publish(1, 3, TestMesh.retrying(3, 503));
    Random random = new Random(seed);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      // One ends no sooner than the next is under way, so that they meet.
      Map<Call, Made> waiting = new ConcurrentHashMap<>();
      library.endsBy =
          made -> {
            Made before = waiting.remove(made.attempt.call());
            if (before != null) {
              threads.execute(() -> before.end(draw(random)));
            }
            if (made.attempt.hedgeAfterNanos() == Attempt.NEVER) {
              threads.execute(() -> made.end(draw(random)));
            } else {
              waiting.put(made.attempt.call(), made);
            }
          };
      List<AsyncCall<String>> calls = new ArrayList<>();
      for (int i = 0; i < 2_000; i++) {
        calls.add(start());
      }
      for (AsyncCall<String> call : calls) {
        try {
          assertThat(call.get(20, TimeUnit.SECONDS)).isNotNull();
        } catch (ExecutionException broken) {
          assertThat(broken).hasCauseInstanceOf(IOException.class);
        }
      }
    } finally {
      threads.shutdown();
      assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(library.failures).isEmpty();
    assertThat(library.superseded.sum()).as("attempts that lost").isPositive();
    assertNothingInFlight();
  }

  private static int draw(Random random) {
    synchronized (random) {
      return new int[] {200, 200, 503, 0}[random.nextInt(4)];
    }
  }

  private AsyncCall<String> start() {
    return AsyncCall.start(mesh.call(TestRequest.get("orders", "/")), library);
  }

  private void assertNothingInFlight() {
    assertThat(cluster.load().active()).isZero();
    assertThat(cluster.load().retries()).isZero();
    assertThat(cluster.load().waiting()).isZero();
    for (Endpoint endpoint : cluster.endpoints()) {
      assertThat(endpoint.load().inFlight()).isZero();
    }
  }

  private interface Ending {
    void of(Made made);
  }

  /** Sends nothing; what it was asked to send is answered by the test. */
  private static final class Library implements AsyncCall.Exchange<String> {

    final BlockingQueue<Made> made = new LinkedBlockingQueue<>();
    final BlockingQueue<Throwable> failures = new LinkedBlockingQueue<>();
    final LongAdder superseded = new LongAdder();
    int refusesFrom = Integer.MAX_VALUE;
    @Nullable Ending endsBy;

    Made next() throws InterruptedException {
      Made next = made.poll(10, TimeUnit.SECONDS);
      assertThat(next).as("attempt within 10 s").isNotNull();
      return next;
    }

    @Override
    public CompletableFuture<AttemptResult<String>> exchange(Attempt attempt) {
      if (attempt.number() >= refusesFrom) {
        IllegalStateException refusal = new IllegalStateException("takes no more");
        attempt.abandoned(refusal);
        throw refusal;
      }
      Made now = new Made(attempt, this);
      if (endsBy == null) {
        made.add(now);
      } else {
        endsBy.of(now);
      }
      return now.result;
    }

    @Override
    public CompletableFuture<String> reply(Reply reply) {
      return CompletableFuture.completedFuture(reply.message());
    }
  }

  private static final class Made {

    final Attempt attempt;
    final CompletableFuture<AttemptResult<String>> result = new CompletableFuture<>();

    /** True once it was cancelled, and has said so. */
    final CompletableFuture<Boolean> over;

    private final Library library;
    private boolean ended;

    Made(Attempt attempt, Library library) {
      this.attempt = attempt;
      this.library = library;
      this.over =
          result.handle(
              (value, error) -> {
                if (result.isCancelled() && first()) {
                  attempt.abandoned(error);
                }
                if (attempt.superseded()) {
                  library.superseded.increment();
                }
                return result.isCancelled();
              });
    }

    /** As libraries do: an answer and a cancellation may meet. */
    private synchronized boolean first() {
      boolean first = !ended;
      ended = true;
      return first;
    }

    void answer(int status) {
      if (!first()) {
        return;
      }
      long next = attempt.responded(status, Outcome.NOT_GRPC);
      result.complete(
          next == Attempt.DELIVER
              ? new AttemptResult.Delivered<>(Integer.toString(attempt.number()))
              : new AttemptResult.Again<>(next));
    }

    void end(int status) {
      try {
        if (status != 0) {
          answer(status);
        } else if (first()) {
          IOException broken = new IOException("reset");
          long next = attempt.failed(broken, /* sent= */ true);
          if (next == Attempt.DELIVER) {
            result.completeExceptionally(broken);
          } else {
            result.complete(new AttemptResult.Again<>(next));
          }
        }
      } catch (RuntimeException | Error e) {
        library.failures.add(e);
      }
    }
  }
}
