package io.endomesh.contracts.concurrent;

import static io.endomesh.contracts.concurrent.Woven.A;
import static io.endomesh.contracts.concurrent.Woven.under;
import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import io.endomesh.testkit.Contract;
import io.endomesh.testkit.Library;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.extension.ExtendWith;

/** A call that goes on in a virtual thread is the same call. By reflection: compiled for 17. */
@Contract("Virtual threads")
@Library(name = "JDK virtual threads")
@ExtendWith(Woven.class)
@Timeout(60)
class VirtualThreadTest {

  private static final String NEEDED = "virtual threads came with JDK 21";

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = NEEDED)
  void perTaskExecutor_carriesTheContext() throws Exception {
    ExecutorService executor = perTask();

    assertThat(under(A, () -> executor.submit(CallContext::current)).get()).isSameAs(A);
    assertThat(executor.submit(CallContext::current).get()).isSameAs(CallContext.EMPTY);
    executor.shutdown();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = NEEDED)
  void startVirtualThread_carriesTheContext() throws Exception {
    CompletableFuture<CallContext> seen = new CompletableFuture<>();
    Runnable task = () -> seen.complete(CallContext.current());

    under(A, () -> Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task));

    assertThat(seen.get(30, TimeUnit.SECONDS)).isSameAs(A);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21, disabledReason = NEEDED)
  void manyThreads_thatParkAndUnparkEachOther_keepTheirContexts() throws Exception {
    ExecutorService executor = perTask();
    SynchronousQueue<Integer> handOver = new SynchronousQueue<>();
    List<Future<Boolean>> results = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      int number = i;
      CallContext context = new CallContext(i, CallContext.NO_DEADLINE, null);
      results.add(
          under(
              context,
              () ->
                  executor.submit(
                      () -> {
                        if (number % 2 == 0) {
                          handOver.put(number);
                        } else {
                          handOver.take();
                        }
                        return CallContext.current() == context;
                      })));
    }

    for (Future<Boolean> each : results) {
      assertThat(each.get()).isTrue();
    }
    executor.shutdown();
  }

  private static ExecutorService perTask() throws ReflectiveOperationException {
    return (ExecutorService)
        Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
  }
}
