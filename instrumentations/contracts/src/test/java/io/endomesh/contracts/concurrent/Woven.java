package io.endomesh.contracts.concurrent;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallContext;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ForkJoinTask;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Waits until this JVM's executors are woven, and gives the tests contexts to carry. The JDK's
 * classes were loaded before the agent, so they are woven beside the application.
 */
public final class Woven implements BeforeAllCallback {

  static final CallContext A = new CallContext("a", CallContext.NO_DEADLINE, null);
  static final CallContext B = new CallContext("b", CallContext.NO_DEADLINE, null);

  private static final long PATIENCE_NANOS = Duration.ofSeconds(20).toNanos();

  @Override
  public void beforeAll(ExtensionContext test) throws Exception {
    // A client of the mesh is what brings contexts into a program, and the reason to load the
    // weaver; executors alone are none.
    HttpClient.newHttpClient();
    ExecutorService pool = Executors.newSingleThreadExecutor();
    ScheduledExecutorService scheduled = Executors.newScheduledThreadPool(1);
    try {
      await("ThreadPoolExecutor", () -> pool.submit(CallContext::current).get());
      await(
          "ScheduledThreadPoolExecutor",
          () -> scheduled.schedule(CallContext::current, 0, TimeUnit.SECONDS).get());
      await("ForkJoinPool", () -> new ForkJoinPool(1).submit(CallContext::current).get());
      await(
          "ForkJoinTask",
          () -> new ForkJoinPool(1).submit(ForkJoinTask.adapt(CallContext::current)).get());
      await(
          "CompletableFuture",
          () -> {
            CompletableFuture<String> before = new CompletableFuture<>();
            CompletableFuture<CallContext> after = before.thenApply(any -> CallContext.current());
            under(CallContext.EMPTY, () -> before.complete(""));
            return after.get();
          });
    } finally {
      pool.shutdownNow();
      scheduled.shutdownNow();
    }
  }

  private static void await(String what, Callable<CallContext> task) throws Exception {
    long end = System.nanoTime() + PATIENCE_NANOS;
    while (under(A, task) != A) {
      assertThat(System.nanoTime()).as("%s is woven in time", what).isLessThan(end);
      Thread.yield();
    }
  }

  /** Runs something under a context. */
  static <T> T under(CallContext context, Callable<T> task) throws Exception {
    CallContext before = context.attach();
    try {
      return task.call();
    } finally {
      CallContext.restore(before);
    }
  }
}
