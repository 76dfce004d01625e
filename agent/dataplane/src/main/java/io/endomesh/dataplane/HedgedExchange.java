package io.endomesh.dataplane;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * An attempt with those that are sent beside it because it does not answer in time. It comes to
 * what the first of them comes to that the call is not left to others after; those are cancelled
 * then, and all are if it is cancelled itself. Thread-safe, as futures are.
 *
 * @param <R> what the library hands to the application
 */
public final class HedgedExchange<R> extends CompletableFuture<AttemptResult<R>> {

  private final AsyncCall.Exchange<R> exchange;

  /** Attempts, and the wait for the newest; guards itself and {@link #over}. */
  private final List<CompletableFuture<?>> underWay = new ArrayList<>();

  private boolean over;

  private HedgedExchange(AsyncCall.Exchange<R> exchange) {
    this.exchange = exchange;
  }

  /** Makes the attempt on this thread; alone, unless the call is hedged. */
  public static <R> CompletableFuture<AttemptResult<R>> start(
      Attempt first, AsyncCall.Exchange<R> exchange) {
    if (first.hedgeAfterNanos() == Attempt.NEVER) {
      return exchange.exchange(first);
    }
    HedgedExchange<R> hedged = new HedgedExchange<>(exchange);
    hedged.make(first);
    return hedged;
  }

  private void make(Attempt attempt) {
    CompletableFuture<AttemptResult<R>> made = exchange.exchange(attempt);
    follow(made).whenComplete((result, error) -> attempted(made, result, error));
    long nanos = attempt.hedgeAfterNanos();
    if (nanos != Attempt.NEVER) {
      CompletableFuture<Void> passed = new CompletableFuture<>();
      // Not on the timer's thread: it serves the whole JVM.
      passed.thenRunAsync(() -> hedge(attempt));
      follow(passed).completeOnTimeout(null, nanos, NANOSECONDS);
    }
  }

  private void hedge(Attempt slow) {
    Attempt next = slow.hedge();
    if (next == null) {
      return;
    }
    try {
      make(next);
    } catch (RuntimeException | Error e) {
      // What a library throws at once instead of failing its future.
      if (stop(null)) {
        completeExceptionally(e);
      }
    }
  }

  private <T> CompletableFuture<T> follow(CompletableFuture<T> next) {
    synchronized (underWay) {
      if (!over) {
        underWay.add(next);
        return next;
      }
    }
    next.cancel(true);
    return next;
  }

  private void attempted(
      CompletableFuture<?> made, @Nullable AttemptResult<R> result, @Nullable Throwable error) {
    if (result instanceof AttemptResult.Again<R> again && again.delayNanos() == Attempt.OTHERS) {
      return;
    }
    if (stop(made)) {
      if (error == null) {
        complete(result);
      } else {
        completeExceptionally(error);
      }
    }
  }

  /** Cancels all but one; false if that was done before. */
  private boolean stop(@Nullable CompletableFuture<?> but) {
    List<CompletableFuture<?>> others;
    synchronized (underWay) {
      if (over) {
        return false;
      }
      over = true;
      others = List.copyOf(underWay);
    }
    for (CompletableFuture<?> other : others) {
      if (other != but) {
        other.cancel(true);
      }
    }
    return true;
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    stop(null);
    return cancelled;
  }

  /** Dependent stages are plain futures: they make no attempts. */
  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
