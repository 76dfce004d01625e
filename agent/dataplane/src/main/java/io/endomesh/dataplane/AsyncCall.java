package io.endomesh.dataplane;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Drives a {@link Call} through its attempts without holding a thread, for libraries that complete
 * a future. It is the future the application gets: cancelling it cancels the attempt under way.
 * Thread-safe, as futures are.
 *
 * @param <R> what the library hands to the application
 */
public final class AsyncCall<R> extends CompletableFuture<R> {

  /** The library's part of a call. */
  public interface Exchange<R> {

    /**
     * Makes one attempt with the library's own I/O, and ends it. The future fails with what ends
     * the call; if it is cancelled, the attempt is to be broken off and {@link Attempt#abandoned}.
     */
    CompletableFuture<AttemptResult<R>> exchange(Attempt attempt);

    /**
     * Sends a copy of the request, without waiting for the answer, and ends it. What the view of
     * the request says now is what is sent.
     */
    default void mirror(Attempt copy) {
      copy.abandoned(null);
    }

    /**
     * Done when a wait on purpose is over, before the call begins; if it is cancelled, so is the
     * call. A library whose calls have a timeout of the application's own fails it with what the
     * application then gets.
     */
    default CompletableFuture<Void> pause(long nanos) {
      return new CompletableFuture<Void>().completeOnTimeout(null, nanos, TimeUnit.NANOSECONDS);
    }

    /** The mesh's own answer in the library's shape. */
    CompletableFuture<R> reply(Reply reply);
  }

  private final Call call;
  private final Exchange<R> exchange;
  private volatile @Nullable CompletableFuture<?> underWay;

  private AsyncCall(Call call, Exchange<R> exchange) {
    this.call = call;
    this.exchange = exchange;
  }

  /**
   * Starts the first attempt on this thread.
   *
   * @throws RuntimeException as {@link Call#next} does at the start, and nothing has been sent
   */
  public static <R> AsyncCall<R> start(Call call, Exchange<R> exchange) {
    AsyncCall<R> running = new AsyncCall<>(call, exchange);
    running.act(call.next());
    return running;
  }

  /**
   * As {@link #start}, for a library that cannot make the call as if the mesh were not there: then
   * it {@linkplain Mesh#passThrough passes through}.
   */
  public static <R> AsyncCall<R> startInAnyCase(Call call, Exchange<R> exchange) {
    try {
      return start(call, exchange);
    } catch (RuntimeException own) {
      return start(call.mesh.passThrough(call.request(), own), exchange);
    }
  }

  private void step() {
    if (isDone()) {
      // Cancelled while it waited for the next attempt.
      call.abandoned();
      return;
    }
    act(call.next());
  }

  private void act(Decision decision) {
    try {
      if (decision instanceof Reply reply) {
        follow(exchange.reply(reply)).whenComplete(this::finish);
      } else if (decision instanceof Pause pause) {
        // Not on the timer's thread: it serves the whole JVM.
        follow(exchange.pause(pause.nanos())).whenCompleteAsync(this::paused);
      } else {
        call.mirrors().forEach(exchange::mirror);
        follow(HedgedExchange.start((Attempt) decision, exchange)).whenComplete(this::attempted);
      }
    } catch (RuntimeException | Error e) {
      // What a library throws at once instead of failing its future.
      completeExceptionally(e);
    }
  }

  private <T> CompletableFuture<T> follow(CompletableFuture<T> next) {
    underWay = next;
    if (isCancelled()) {
      // Cancelled between two attempts, when there was nothing to cancel.
      next.cancel(true);
    }
    return next;
  }

  private void paused(@Nullable Void none, @Nullable Throwable error) {
    if (error == null) {
      step();
    } else {
      finish(null, error);
    }
  }

  private void attempted(@Nullable AttemptResult<R> result, @Nullable Throwable error) {
    if (result instanceof AttemptResult.Again<R> again) {
      delayedExecutor(again.delayNanos(), TimeUnit.NANOSECONDS).execute(this::step);
    } else if (result instanceof AttemptResult.Delivered<R> delivered) {
      complete(delivered.value());
    } else {
      finish(null, error);
    }
  }

  private void finish(@Nullable R value, @Nullable Throwable error) {
    if (error == null) {
      complete(value);
    } else {
      Throwable cause = error.getCause();
      completeExceptionally(error instanceof CompletionException && cause != null ? cause : error);
    }
  }

  /** Cancels the attempt under way as well, so that its connection is free again. */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    boolean cancelled = super.cancel(mayInterruptIfRunning);
    CompletableFuture<?> now = underWay;
    if (cancelled && now != null) {
      now.cancel(mayInterruptIfRunning);
    }
    return cancelled;
  }

  /** Dependent stages are plain futures: they are not calls. */
  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }
}
