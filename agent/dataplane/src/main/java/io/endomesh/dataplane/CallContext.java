package io.endomesh.dataplane;

import io.endomesh.dataplane.trail.Trail;
import org.jspecify.annotations.Nullable;

/**
 * What follows from a served call to the calls made on its behalf: the trace, the deadline, who
 * asked. Immutable. It is current on a thread while application code runs for that call, and is
 * carried to other threads by the java-concurrent instrumentation.
 *
 * @param trace telemetry's own parent, opaque here; null if none
 * @param deadlineNanos on the mesh's clock, {@link System#nanoTime}; {@link #NO_DEADLINE} if none
 * @param caller SPIFFE id of who called this workload, or null
 * @param retries what is to be known of retries on its behalf
 * @param trail to tell what is done on its behalf; null unless somebody who may asks
 * @param mesh of the workload that makes calls on its behalf; null if that is told by the thread
 */
public record CallContext(
    @Nullable Object trace,
    long deadlineNanos,
    @Nullable String caller,
    RetryScope retries,
    @Nullable Trail trail,
    @Nullable Mesh mesh) {

  public static final long NO_DEADLINE = Long.MAX_VALUE;

  public static final CallContext EMPTY = new CallContext(null, NO_DEADLINE, null);

  /** With retries that concern nobody else. */
  public CallContext(@Nullable Object trace, long deadlineNanos, @Nullable String caller) {
    this(trace, deadlineNanos, caller, RetryScope.NONE, null, null);
  }

  CallContext with(RetryScope otherRetries, @Nullable Trail otherTrail, Mesh servedBy) {
    return new CallContext(trace, deadlineNanos, caller, otherRetries, otherTrail, servedBy);
  }

  CallContext of(Mesh other) {
    return new CallContext(trace, deadlineNanos, caller, retries, trail, other);
  }

  /** The same with the earlier of its deadline and another. */
  CallContext within(long otherDeadlineNanos) {
    return otherDeadlineNanos >= deadlineNanos
        ? this
        : new CallContext(trace, otherDeadlineNanos, caller, retries, trail, mesh);
  }

  private static final ThreadLocal<CallContext> CURRENT = new ThreadLocal<>();

  /** The current context of this thread; {@link #EMPTY} if there is none. */
  public static CallContext current() {
    CallContext context = CURRENT.get();
    return context == null ? EMPTY : context;
  }

  /**
   * Makes this the current context of this thread.
   *
   * @return what was current before, to be given to {@link #restore} by the same thread
   */
  public CallContext attach() {
    CallContext previous = current();
    set(this);
    return previous;
  }

  /** Makes {@code previous} current again. */
  public static void restore(CallContext previous) {
    set(previous);
  }

  private static void set(CallContext context) {
    if (context == EMPTY) {
      CURRENT.remove();
    } else {
      CURRENT.set(context);
    }
  }
}
