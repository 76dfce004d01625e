package io.endomesh.dataplane;

/**
 * What one attempt means for the call it belongs to. An attempt that fails for good is an
 * exception, the library's own. Immutable.
 *
 * @param <R> what the library hands to the application
 */
public sealed interface AttemptResult<R> {

  /** The call is over, and this is its result. */
  record Delivered<R>(R value) implements AttemptResult<R> {}

  /**
   * The call goes on with another attempt.
   *
   * @param delayNanos as {@link Attempt#responded} or {@link Attempt#failed} answered
   */
  record Again<R>(long delayNanos) implements AttemptResult<R> {}
}
