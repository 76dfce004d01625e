package io.endomesh.dataplane.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Outcome;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What a breaker keeps to while many threads ask it at once. */
class BreakerStateTest {

  private static final int THREADS = 8;
  private static final int ROUNDS = 200;
  private static final long OPEN = 1_000;

  private static final Outcome FAILED = new Outcome(500, Outcome.NOT_GRPC, null, 0);
  private static final Outcome GOOD = new Outcome(200, Outcome.NOT_GRPC, null, 0);

  @Test
  void halfOpen_askedByManyThreads_givesExactlyItsPermits() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        BreakerState breaker = new BreakerState(policy(3));
        breaker.permit(0).outcome(FAILED, 0);
        assertThat(breaker.permit(0)).isNull();
        AtomicInteger given = new AtomicInteger();
        CountDownLatch done = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
          threads.execute(
              () -> {
                if (breaker.permit(OPEN) != null) {
                  given.incrementAndGet();
                }
                done.countDown();
              });
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(given).hasValue(3);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void halfOpen_endedByManyThreads_isDecidedByAll() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      for (int round = 0; round < ROUNDS; round++) {
        BreakerState breaker = new BreakerState(policy(THREADS));
        breaker.permit(0).outcome(FAILED, 0);
        int failing = round % (THREADS + 1);
        CountDownLatch done = new CountDownLatch(THREADS);
        // All begin before the first ends, which may decide.
        Breaker.Permit[] permits = new Breaker.Permit[THREADS];
        for (int i = 0; i < THREADS; i++) {
          permits[i] = breaker.permit(OPEN);
        }
        for (int i = 0; i < THREADS; i++) {
          Breaker.Permit permit = permits[i];
          Outcome outcome = i < failing ? FAILED : GOOD;
          threads.execute(
              () -> {
                permit.outcome(outcome, OPEN);
                done.countDown();
              });
        }
        assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
        assertThat(breaker.permit(OPEN) == null).isEqualTo(failing * 2 >= THREADS);
      }
    } finally {
      threads.shutdown();
    }
  }

  @Test
  void counts_addedByManyThreads_areAllThere() throws Exception {
    RollingCounts counts = new RollingCounts(10_000);
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    CountDownLatch done = new CountDownLatch(THREADS);
    for (int i = 0; i < THREADS; i++) {
      threads.execute(
          () -> {
            for (int n = 0; n < 10_000; n++) {
              counts.add(n % 2 == 0, n % 4 == 0, n);
            }
            done.countDown();
          });
    }
    threads.shutdown();
    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    assertThat(counts.sum(9_999)).isEqualTo(new RollingCounts.Sum(80_000, 40_000, 20_000));
  }

  private static Breaker policy(int halfOpenCalls) {
    return new Breaker("p", 1_000_000, 1, 50, 0, 100, OPEN, halfOpenCalls);
  }
}
