package io.endomesh.dataplane;

import org.jspecify.annotations.Nullable;

/**
 * Told about calls as they happen; implemented by telemetry. Implementations must be thread-safe
 * and must not block. What they throw is kept from the call ({@link GuardedObserver}).
 */
public interface CallObserver {

  /** Sees nothing. */
  CallObserver NONE = new CallObserver() {};

  /**
   * Before an attempt is sent. May set propagation headers on the request.
   *
   * @return an object handed back in {@link #attemptEnded}, null if not observed
   */
  default @Nullable Object attemptStarted(Attempt attempt) {
    return null;
  }

  /** After an attempt ended, in whatever way; {@link Attempt#retried} says if the call goes on. */
  default void attemptEnded(Attempt attempt, @Nullable Object started, Outcome outcome) {}

  /** After a call was answered by the mesh itself. */
  default void replied(Call call, Reply reply) {}

  /**
   * Before a request is given to the application.
   *
   * @return the context under which the application's code runs, never null
   */
  default CallContext served(InboundCall call) {
    return CallContext.EMPTY;
  }

  /**
   * The trace that a served call belongs to, for a caller that is refused.
   *
   * @param context that {@link #served} gave
   * @return null if it is not traced
   */
  default @Nullable String traceId(CallContext context) {
    return null;
  }

  /**
   * The trace that a call belongs to, for who made it and is refused; after {@link #replied}.
   *
   * @return null if it is not traced
   */
  default @Nullable String traceId(Call call) {
    return null;
  }

  /** After the application answered, or after the mesh refused. */
  default void servedEnded(InboundCall call, Outcome outcome) {}

  /**
   * Before a statement is given to the driver.
   *
   * @return an object handed back in {@link #statementEnded}, null if not observed
   */
  default @Nullable Object statementStarted(DatabaseCall call) {
    return null;
  }

  /**
   * After the driver returned or threw.
   *
   * @param sqlState of the error, null if there is none
   */
  default void statementEnded(
      DatabaseCall call,
      @Nullable Object started,
      long durationNanos,
      @Nullable Throwable error,
      @Nullable String sqlState) {}
}
