package io.endomesh.instrumentation.concurrent;

import io.endomesh.dataplane.CallContext;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RunnableScheduledFuture;
import org.jspecify.annotations.Nullable;

/**
 * The contexts of tasks that wait for a thread, beside the tasks: nobody meets an object in a queue
 * that he did not put there. Thread-safe. A task that never runs is forgotten when it is collected.
 */
final class TaskContexts {

  private static final WeakIdentityMap<Object, CallContext> WAITING = new WeakIdentityMap<>();

  /**
   * The threads that virtual threads run on take them as tasks; what they run is the virtual
   * thread's business, and a lock in between could park it while it is being unparked.
   */
  private static final String VIRTUAL_THREAD = "java.lang.VirtualThread";

  private TaskContexts() {}

  /**
   * Remembers the current context of a task that is about to be queued.
   *
   * @return what to queue instead, null to queue the task itself
   */
  static @Nullable Runnable queued(Runnable task) {
    CallContext context = toCarry();
    if (context == CallContext.EMPTY) {
      // The same object may have waited for another call, and been taken out of the queue.
      forget(task);
      return null;
    }
    if (isCarriedOtherwise(task) || WAITING.putIfAbsent(task, context) == null) {
      return null;
    }
    // The same object waits twice. One that is a lambda nobody can look for, cast or compare.
    return task.getClass().isHidden() ? new Carried.Task(context, task) : null;
  }

  /** As {@link #queued}, for tasks that may be due over and over; those belong to no call. */
  static void scheduled(RunnableScheduledFuture<?> task) {
    if (!task.isPeriodic()) {
      forked(task);
    }
  }

  /** Remembers the current context of a task that is its own, and queued once. */
  static void forked(Object task) {
    CallContext context = toCarry();
    if (context != CallContext.EMPTY && !isCarriedOtherwise(task)) {
      WAITING.put(task, context);
    }
  }

  /** The context of a task that is about to run, null if it has none. It is forgotten here. */
  static @Nullable CallContext taken(@Nullable Object task) {
    // Asked first without removing: a map is locked to remove, even where there is nothing.
    if (task == null || WAITING.isEmpty() || WAITING.get(task) == null) {
      return null;
    }
    return WAITING.remove(task);
  }

  /** The current context, {@link CallContext#EMPTY} if there is nothing to carry. */
  static CallContext toCarry() {
    CallContext context = Weaving.context();
    return context == CallContext.EMPTY || Weaving.onAgentThread() ? CallContext.EMPTY : context;
  }

  /** True for what carries its context in its function, and for the JVM's own. */
  static boolean isCarriedOtherwise(Object task) {
    return task instanceof CompletableFuture.AsynchronousCompletionTask
        || task instanceof Carried
        || task.getClass().getName().startsWith(VIRTUAL_THREAD);
  }

  private static void forget(Object task) {
    taken(task);
  }

  /** Tasks that wait, for tests. */
  static boolean isEmpty() {
    return WAITING.isEmpty();
  }
}
