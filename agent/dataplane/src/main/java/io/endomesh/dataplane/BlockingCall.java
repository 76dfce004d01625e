package io.endomesh.dataplane;

import java.util.concurrent.TimeUnit;

/**
 * Drives a {@link Call} through its attempts on the thread of the caller, for libraries that block.
 * Stateless.
 */
public final class BlockingCall {

  private BlockingCall() {}

  /**
   * The library's part of a call.
   *
   * @param <R> what the library hands to the application
   * @param <X> what the library throws
   */
  public interface Exchange<R, X extends Exception> {

    /** Makes one attempt with the library's own I/O, and ends it. Throws what ends the call. */
    AttemptResult<R> exchange(Attempt attempt) throws X, InterruptedException;

    /**
     * Sends a copy of the request, without waiting for the answer, and ends it. What the view of
     * the request says now is what is sent.
     */
    default void mirror(Attempt copy) {
      copy.abandoned(null);
    }

    /**
     * Waits on purpose before the call begins. A library whose calls have a timeout of the
     * application's own throws here what the application then gets.
     */
    default void pause(long nanos) throws X, InterruptedException {
      TimeUnit.NANOSECONDS.sleep(nanos);
    }

    /**
     * Waits between two attempts. A library whose calls can be given up from another thread throws
     * here what the application then gets.
     */
    default void backOff(long nanos) throws X, InterruptedException {
      TimeUnit.NANOSECONDS.sleep(nanos);
    }

    /** The mesh's own answer in the library's shape. */
    R reply(Reply reply) throws X, InterruptedException;
  }

  private static <X extends Exception> void backOff(Call call, Exchange<?, X> exchange, long nanos)
      throws X, InterruptedException {
    boolean passed = false;
    try {
      exchange.backOff(nanos);
      passed = true;
    } finally {
      if (!passed) {
        call.abandoned();
      }
    }
  }

  /**
   * Runs the call to its end.
   *
   * @throws InterruptedException if the caller is interrupted, also while waiting between attempts
   */
  public static <R, X extends Exception> R run(Call call, Exchange<R, X> exchange)
      throws X, InterruptedException {
    while (true) {
      Decision decision = call.next();
      if (decision instanceof Reply reply) {
        return exchange.reply(reply);
      }
      if (decision instanceof Pause pause) {
        exchange.pause(pause.nanos());
        continue;
      }
      for (Attempt copy : call.mirrors()) {
        exchange.mirror(copy);
      }
      AttemptResult<R> result = exchange.exchange((Attempt) decision);
      if (result instanceof AttemptResult.Delivered<R> delivered) {
        return delivered.value();
      }
      backOff(call, exchange, ((AttemptResult.Again<R>) result).delayNanos());
    }
  }
}
