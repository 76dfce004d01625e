package io.endomesh.dataplane.http;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.HttpMethods;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.RetryScope;
import io.endomesh.dataplane.route.Route;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One attempt as an HTTP client makes it, from the first byte to the head of the answer; what comes
 * behind is the application's. The library tells it what happens; whoever is first to end it says
 * how it went. Thread-safe.
 */
public final class HttpAttempt {

  /** Gateway Timeout: what a limit of the mesh, not of the application, is answered with. */
  private static final int GATEWAY_TIMEOUT = 504;

  private final Attempt attempt;
  private volatile boolean left;
  private volatile boolean local;
  private volatile long delayNanos = Attempt.DELIVER;

  // Guarded by this.
  private boolean sentAgain;
  private boolean ended;
  private boolean answered;
  private boolean expired;
  private boolean brokenOff;
  private @Nullable Runnable how;
  private @Nullable CompletableFuture<Void> clock;

  public HttpAttempt(Attempt attempt) {
    this.attempt = attempt;
  }

  /** Where to, by which TLS, for how long. */
  public Attempt attempt() {
    return attempt;
  }

  /**
   * From now on bytes of the request may reach an application. To be told once there is a
   * connection, with its TLS handshake finished; a failure before is safe to repeat.
   */
  public void leaves() {
    left = true;
  }

  /**
   * The failure that follows is not the endpoint's: nobody was asked, as when the application's own
   * pool has no connection left. It is the application's, and not tried again.
   */
  public void local() {
    local = true;
  }

  /**
   * The library used a connection of its pool that the server had closed while it was idle. True if
   * it may ask once more at the same endpoint, which is no retry (RFC 9112, 9.3.1).
   */
  public boolean sendsAgain() {
    Request request = attempt.call().request();
    if (!request.replayable() || !HttpMethods.isIdempotent(request.method())) {
      return false;
    }
    synchronized (this) {
      boolean first = !sentAgain;
      sentAgain = true;
      return first && !answered && !brokenOff && !expired;
    }
  }

  /**
   * How to break the attempt off, from any thread; run at once if it is broken off already. A
   * library that moves on to another connection tells it anew.
   */
  public void onBreakOff(Runnable how) {
    boolean now;
    synchronized (this) {
      this.how = how;
      now = brokenOff || expired;
    }
    if (now) {
      how.run();
    }
  }

  /** The application gave the call up, or another attempt answered it. */
  public void breakOff() {
    end(/* byTimeout= */ false);
  }

  /** The time of the mesh for this attempt is over: it is broken off, unless its head was there. */
  public void expire() {
    end(/* byTimeout= */ true);
  }

  private void end(boolean byTimeout) {
    Runnable run;
    synchronized (this) {
      if (brokenOff || expired || byTimeout && ended) {
        return;
      }
      expired = byTimeout;
      brokenOff = !byTimeout;
      run = how;
    }
    if (run != null) {
      run.run();
    }
  }

  /**
   * Starts the clock of {@link Attempt#timeoutNanos}, for libraries that have none which covers a
   * whole attempt. What it breaks off is closed on a thread of ours.
   */
  public void startClock() {
    // Not on the timer's thread, which serves the whole JVM: closing a connection may block.
    startClock(task -> AttemptThread.start(CallContext.EMPTY, task));
  }

  /**
   * As {@link #startClock()}, for libraries that tell the application of a closed connection at
   * once.
   *
   * @param executor whose threads run code of the application, none of them ours
   */
  public void startClock(Executor executor) {
    long nanos = attempt.timeoutNanos();
    if (nanos == Call.NO_TIMEOUT) {
      return;
    }
    CompletableFuture<Void> passed = new CompletableFuture<>();
    passed.thenRunAsync(this::expire, executor);
    synchronized (this) {
      if (!ended) {
        clock = passed.completeOnTimeout(null, nanos, NANOSECONDS);
      }
    }
  }

  /**
   * The head of the answer is here; to be told before anything of the library or the application
   * looks at it.
   *
   * @return false if it is not the application's: its body is to be dropped. If it is, {@link
   *     Attempt#changeResponse} comes next.
   */
  public boolean answered(int status, HeaderReader headers) {
    synchronized (this) {
      if (brokenOff || expired || !endFirst()) {
        // It was given up a moment ago: the answer is not the application's any more.
        return false;
      }
      answered = true;
    }
    delayNanos =
        attempt.responded(
            status,
            Outcome.NOT_GRPC,
            first(headers, "retry-after"),
            first(headers, RetryScope.OVERLOADED_HEADER) != null);
    return delayNanos == Attempt.DELIVER;
  }

  private static @Nullable String first(HeaderReader headers, String name) {
    List<String> values = headers.values(name);
    return values.isEmpty() ? null : values.get(0);
  }

  /** True once its head has come. */
  public synchronized boolean isAnswered() {
    return answered;
  }

  /** True if whoever wanted its answer wants it no more. */
  public synchronized boolean isBrokenOff() {
    return brokenOff || expired;
  }

  /** Of an answer: {@link Attempt#DELIVER}, or nanoseconds to wait before the next attempt. */
  public long delayNanos() {
    return delayNanos;
  }

  /**
   * The library ended the attempt with an exception.
   *
   * @return the next step, or null if the exception is the application's
   */
  public @Nullable Next failed(Throwable error) {
    boolean timedOut;
    boolean givenUp;
    synchronized (this) {
      if (!endFirst()) {
        // The head had arrived: the body broke off, or the application's own handler did.
        return null;
      }
      timedOut = expired;
      givenUp = brokenOff;
    }
    boolean own = !timedOut && (local || !(error instanceof IOException));
    // Beside others it only leaves the call to them.
    if (givenUp || own && !attempt.isHedged()) {
      attempt.abandoned(error);
      return null;
    }
    long next =
        timedOut && left
            ? attempt.responded(GATEWAY_TIMEOUT, Outcome.NOT_GRPC)
            : attempt.failed(error, left);
    if (next != Attempt.DELIVER) {
      return new Next(next, null);
    }
    return timedOut ? new Next(Attempt.DELIVER, timeout()) : null;
  }

  /** Another attempt after a delay, or a reply. */
  public record Next(long delayNanos, @Nullable Reply reply) {}

  private Reply timeout() {
    Route route = attempt.call().route();
    String name = route == null ? attempt.call().service() : route.name();
    return Reply.timeout("timeout of " + name + " passed", name);
  }

  /** True the first time: the one who gets it says how the attempt ended. Called under the lock. */
  private boolean endFirst() {
    boolean first = !ended;
    ended = true;
    CompletableFuture<Void> running = clock;
    if (running != null) {
      running.cancel(false);
    }
    return first;
  }
}
