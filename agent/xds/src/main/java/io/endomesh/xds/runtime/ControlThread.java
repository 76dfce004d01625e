package io.endomesh.xds.runtime;

import io.endomesh.dataplane.AgentThread;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A {@link Serial} on one daemon thread of the agent. Thread-safe. */
public final class ControlThread implements Serial, AutoCloseable {

  private final Log log;
  private final ScheduledThreadPoolExecutor executor;
  private volatile @Nullable Thread thread;

  public ControlThread(Log log) {
    this.log = log;
    this.executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread created = new AgentThread(task, "control");
              thread = created;
              return created;
            });
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  @Override
  public void execute(Runnable task) {
    try {
      executor.execute(guarded(task));
    } catch (RejectedExecutionException closed) {
      // Late callbacks of a connection that is being closed have nobody left to tell.
      return;
    }
  }

  @Override
  public Timer schedule(Runnable task, long delayNanos) {
    try {
      Future<?> future = executor.schedule(guarded(task), delayNanos, TimeUnit.NANOSECONDS);
      return () -> future.cancel(false);
    } catch (RejectedExecutionException closed) {
      return () -> {};
    }
  }

  @Override
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  @Override
  public long nanoTime() {
    return System.nanoTime();
  }

  @Override
  public void close() {
    executor.shutdown();
  }

  /** One failed task must not silence the thread or the reason. */
  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        log.warn("the controller connection met an error of its own and goes on: " + e);
      }
    };
  }
}
