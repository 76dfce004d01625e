package io.endomesh.contracts.concurrent;

import static io.endomesh.contracts.concurrent.Woven.A;
import static io.endomesh.contracts.concurrent.Woven.B;
import static io.endomesh.contracts.concurrent.Woven.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.Contract;
import io.endomesh.testkit.Library;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.Future;
import java.util.concurrent.RecursiveTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** A call that is divided among the threads of a fork-join pool is the same call. */
@Contract("Fork-join pools")
@Library(name = "JDK `ForkJoinPool`")
@ExtendWith(Woven.class)
@Timeout(60)
class ForkJoinTest {

  private final ForkJoinPool pool = new ForkJoinPool(4);

  @AfterEach
  void endPool() {
    pool.shutdownNow();
  }

  @Test
  void submit_inEachForm_carriesTheContext() throws Exception {
    AtomicReference<CallContext> seen = new AtomicReference<>();
    Runnable see = () -> seen.set(CallContext.current());

    assertThat(under(A, () -> pool.submit(CallContext::current)).get()).isSameAs(A);
    under(B, () -> pool.submit(see)).get();
    assertThat(seen.get()).isSameAs(B);
    under(A, () -> pool.submit(see, "")).get();
    assertThat(seen.get()).isSameAs(A);
    assertThat(under(B, () -> pool.submit(ForkJoinTask.adapt(CallContext::current))).get())
        .isSameAs(B);
    assertThat(under(A, () -> pool.invoke(ForkJoinTask.adapt(CallContext::current)))).isSameAs(A);
  }

  @Test
  void execute_carriesTheContext() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    AtomicReference<CallContext> seen = new AtomicReference<>();
    under(
        A,
        () -> {
          pool.execute(
              () -> {
                seen.set(CallContext.current());
                done.countDown();
              });
          return null;
        });

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(seen.get()).isSameAs(A);
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
  void fork_carriesTheContextAllTheWayDown() throws Exception {
    assertThat(under(A, () -> pool.invoke(new Tree(12, A)))).isEqualTo(1 << 12);
    assertThat(pool.invoke(new Tree(8, CallContext.EMPTY))).isEqualTo(1 << 8);
  }

  @Test
  void parallelStream_carriesTheContext() throws Exception {
    Set<CallContext> seen = ConcurrentHashMap.newKeySet();

    under(
            A,
            () ->
                pool.submit(
                    () ->
                        IntStream.range(0, 10_000)
                            .parallel()
                            .forEach(i -> seen.add(CallContext.current()))))
        .get();

    assertThat(seen).containsExactly(A);
  }

  @Test
  void worker_thatServedACall_isLeftWithoutItsContext() throws Exception {
    ForkJoinPool one = new ForkJoinPool(1);
    try {
      assertThat(under(A, () -> one.submit(CallContext::current)).get()).isSameAs(A);
      assertThat(one.submit(CallContext::current).get()).isSameAs(CallContext.EMPTY);
    } finally {
      one.shutdownNow();
    }
  }

  /** Counts its leaves that run under the expected context. */
  private static final class Tree extends RecursiveTask<Integer> {
    private static final long serialVersionUID = 1;
    private final int depth;
    private final transient CallContext expected;

    Tree(int depth, CallContext expected) {
      this.depth = depth;
      this.expected = expected;
    }

    @Override
    protected Integer compute() {
      if (depth == 0) {
        return CallContext.current() == expected ? 1 : 0;
      }
      Tree left = new Tree(depth - 1, expected);
      left.fork();
      return new Tree(depth - 1, expected).compute() + left.join();
    }
  }
}
