package io.endomesh.contracts.concurrent;

import static io.endomesh.contracts.concurrent.Woven.A;
import static io.endomesh.contracts.concurrent.Woven.B;
import static io.endomesh.contracts.concurrent.Woven.under;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.Contract;
import io.endomesh.testkit.Library;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.PriorityBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.core.task.SimpleAsyncTaskExecutor;

/** A call that goes on in another thread of a pool is the same call. */
@Contract("Thread pools")
@Library(name = "JDK thread pools")
@ExtendWith(Woven.class)
@Timeout(60)
class ThreadPoolTest {

  private final ThreadPoolExecutor pool =
      new ThreadPoolExecutor(1, 1, 0, SECONDS, new LinkedBlockingQueue<>());
  private final BlockingQueue<CallContext> seen = new LinkedBlockingQueue<>();

  @AfterEach
  void endPool() {
    pool.shutdownNow();
  }

  @Test
  void execute_onANewThread_carriesTheContext() throws Exception {
    execute(A, this::see);

    assertThat(seen.poll(30, SECONDS)).isSameAs(A);
  }

  @Test
  void execute_onAThreadThatWorks_carriesTheContextOfEachTask() throws Exception {
    CountDownLatch busy = block();
    execute(A, new Seeing());
    execute(CallContext.EMPTY, new Seeing());
    execute(B, new Seeing());
    busy.countDown();

    assertThat(seen.poll(30, SECONDS)).isSameAs(A);
    assertThat(seen.poll(30, SECONDS)).isSameAs(CallContext.EMPTY);
    assertThat(seen.poll(30, SECONDS)).isSameAs(B);
  }

  @Test
  void submit_runnableAndCallable_carriesTheContext() throws Exception {
    assertThat(under(A, () -> pool.submit(CallContext::current)).get()).isSameAs(A);
    under(B, () -> pool.submit(this::see)).get();
    assertThat(seen.poll()).isSameAs(B);
  }

  @Test
  void invokeAllAndAny_carryTheContext() throws Exception {
    List<Callable<CallContext>> tasks = List.of(CallContext::current, CallContext::current);

    for (Future<CallContext> each : under(A, () -> pool.invokeAll(tasks))) {
      assertThat(each.get()).isSameAs(A);
    }
    assertThat(under(B, () -> pool.invokeAny(tasks))).isSameAs(B);
  }

  @Test
  void completionService_carriesTheContext() throws Exception {
    ExecutorCompletionService<CallContext> service = new ExecutorCompletionService<>(pool);

    under(A, () -> service.submit(CallContext::current));

    assertThat(service.take().get()).isSameAs(A);
  }

  @Test
  void task_thatThrows_leavesNothingToTheNext() throws Exception {
    pool.setThreadFactory(
        task -> {
          Thread thread = new Thread(task);
          thread.setUncaughtExceptionHandler((dead, error) -> seen.add(CallContext.current()));
          return thread;
        });
    execute(
        A,
        () -> {
          throw new IllegalStateException("expected");
        });
    assertThat(seen.poll(30, SECONDS)).isSameAs(CallContext.EMPTY);

    assertThat(pool.submit(CallContext::current).get()).isSameAs(CallContext.EMPTY);
  }

  @Test
  void task_thatLeavesItsOwnContext_leavesNothingToTheNext() throws Exception {
    pool.submit(() -> B.attach()).get();

    assertThat(pool.submit(CallContext::current).get()).isSameAs(CallContext.EMPTY);
  }

  @Test
  void remove_ofAQueuedTask_findsIt() throws Exception {
    CountDownLatch busy = block();
    Runnable lambda = this::see;
    Runnable named = new Seeing();
    execute(A, lambda);
    execute(A, named);
    Future<?> future = under(A, () -> pool.submit(this::see));

    assertThat(pool.getQueue()).first().isSameAs(lambda);
    assertThat(pool.remove(lambda)).isTrue();
    assertThat(pool.getQueue().remove(named)).isTrue();
    assertThat(pool.remove((Runnable) future)).isTrue();
    assertThat(pool.getQueue()).isEmpty();
    busy.countDown();
  }

  @Test
  void task_takenOutOfTheQueueAndRunForNobody_carriesNothing() throws Exception {
    CountDownLatch busy = block();
    Runnable task = new Seeing();
    execute(A, task);
    assertThat(pool.remove(task)).isTrue();
    execute(CallContext.EMPTY, task);
    busy.countDown();

    assertThat(seen.poll(30, SECONDS)).isSameAs(CallContext.EMPTY);
  }

  @Test
  void lambda_queuedForTwoCalls_runsForEach() throws Exception {
    CountDownLatch busy = block();
    Runnable shared = this::see;
    execute(A, shared);
    execute(B, shared);
    execute(A, shared);
    busy.countDown();

    assertThat(seen.poll(30, SECONDS)).isSameAs(A);
    assertThat(seen.poll(30, SECONDS)).isSameAs(B);
    assertThat(seen.poll(30, SECONDS)).isSameAs(A);
  }

  @Test
  void object_queuedForTwoCalls_neverRunsForTheWrongOne() throws Exception {
    CountDownLatch busy = block();
    Runnable shared = new Seeing();
    execute(A, shared);
    execute(B, shared);
    busy.countDown();

    assertThat(seen.poll(30, SECONDS)).isSameAs(A);
    assertThat(seen.poll(30, SECONDS)).isSameAs(CallContext.EMPTY);
  }

  @Test
  void priorityQueue_stillComparesItsTasks() throws Exception {
    ThreadPoolExecutor sorted =
        new ThreadPoolExecutor(1, 1, 0, SECONDS, new PriorityBlockingQueue<>());
    try {
      CountDownLatch busy = new CountDownLatch(1);
      sorted.execute(new Ranked(0, () -> await(busy)));
      BlockingQueue<Integer> order = new LinkedBlockingQueue<>();
      for (int rank : new int[] {3, 1, 2}) {
        under(
            A,
            () -> {
              sorted.execute(
                  new Ranked(
                      rank,
                      () -> {
                        see();
                        order.add(rank);
                      }));
              return null;
            });
      }
      busy.countDown();

      assertThat(order.poll(30, SECONDS)).isEqualTo(1);
      assertThat(order.poll(30, SECONDS)).isEqualTo(2);
      assertThat(order.poll(30, SECONDS)).isEqualTo(3);
      assertThat(seen).containsExactly(A, A, A);
    } finally {
      sorted.shutdownNow();
    }
  }

  @Test
  void rejection_reachesTheCallerAsItIs() throws Exception {
    ThreadPoolExecutor full = new ThreadPoolExecutor(1, 1, 0, SECONDS, new SynchronousQueue<>());
    try {
      CountDownLatch busy = new CountDownLatch(1);
      full.execute(() -> await(busy));
      assertThatThrownBy(() -> under(A, () -> full.submit(this::see)))
          .isInstanceOf(RejectedExecutionException.class);
      full.setRejectedExecutionHandler(new ThreadPoolExecutor.CallerRunsPolicy());
      under(A, () -> full.submit(this::see));
      assertThat(seen.poll()).isSameAs(A);
      busy.countDown();
    } finally {
      full.shutdownNow();
    }
  }

  @Test
  void execute_ofNull_throwsAsWithoutUs() {
    assertThatThrownBy(() -> under(A, () -> pool.submit((Runnable) null)))
        .isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> execute(A, null)).isInstanceOf(NullPointerException.class);
  }

  @Test
  void schedule_once_carriesTheContext() throws Exception {
    ScheduledThreadPoolExecutor scheduled = new ScheduledThreadPoolExecutor(1);
    try {
      assertThat(under(A, () -> scheduled.schedule(CallContext::current, 1, MILLISECONDS)).get())
          .isSameAs(A);
      assertThat(under(B, () -> scheduled.submit(CallContext::current)).get()).isSameAs(B);
      assertThat(scheduled.schedule(CallContext::current, 0, SECONDS).get())
          .isSameAs(CallContext.EMPTY);
    } finally {
      scheduled.shutdownNow();
    }
  }

  @Test
  void schedule_periodically_carriesNothing() throws Exception {
    ScheduledThreadPoolExecutor scheduled = new ScheduledThreadPoolExecutor(1);
    try {
      under(A, () -> scheduled.scheduleAtFixedRate(this::see, 0, 1, MILLISECONDS));
      under(A, () -> scheduled.scheduleWithFixedDelay(this::see, 0, 1, MILLISECONDS));

      for (int i = 0; i < 10; i++) {
        assertThat(seen.poll(30, SECONDS)).isSameAs(CallContext.EMPTY);
      }
    } finally {
      scheduled.shutdownNow();
    }
  }

  @Test
  void agentThread_handsNothingOver() throws Exception {
    AgentThread ours =
        new AgentThread(
            () -> {
              A.attach();
              pool.execute(this::see);
            },
            "test");
    ours.start();
    ours.join();

    assertThat(seen.poll(30, SECONDS)).isSameAs(CallContext.EMPTY);
  }

  @Test
  void springsAsyncExecutor_carriesTheContext() throws Exception {
    SimpleAsyncTaskExecutor spring = new SimpleAsyncTaskExecutor();

    assertThat(under(A, () -> spring.submit(CallContext::current)).get()).isSameAs(A);
    assertThat(spring.submit(CallContext::current).get()).isSameAs(CallContext.EMPTY);
  }

  @Test
  void manyTasksOfManyCalls_eachRunsForItsOwn() throws Exception {
    ThreadPoolExecutor wide = (ThreadPoolExecutor) Executors.newFixedThreadPool(8);
    try {
      for (int i = 0; i < 10_000; i++) {
        CallContext context = new CallContext(i, CallContext.NO_DEADLINE, null);
        under(
            context,
            () -> {
              wide.execute(() -> seen.add(CallContext.current() == context ? A : B));
              return null;
            });
      }
      for (int i = 0; i < 10_000; i++) {
        assertThat(seen.poll(30, SECONDS)).isSameAs(A);
      }
    } finally {
      wide.shutdownNow();
    }
  }

  private void execute(CallContext context, Runnable task) throws Exception {
    under(
        context,
        () -> {
          pool.execute(task);
          return null;
        });
  }

  /** Keeps the pool's only thread busy. */
  private CountDownLatch block() {
    CountDownLatch busy = new CountDownLatch(1);
    pool.execute(() -> await(busy));
    return busy;
  }

  private void see() {
    seen.add(CallContext.current());
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** No lambda. */
  private final class Seeing implements Runnable {
    @Override
    public void run() {
      see();
    }
  }

  private record Ranked(int rank, Runnable task) implements Runnable, Comparable<Ranked> {
    @Override
    public void run() {
      task.run();
    }

    @Override
    public int compareTo(Ranked other) {
      return Integer.compare(rank, other.rank);
    }
  }
}
