package io.endomesh.dataplane;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the trailer {@code grpc-retry-pushback-ms} (gRFC A6, "Pushback"). Stateless. */
final class RetryPushback {

  /** The server says nothing: the policy's back-off rules. */
  static final long NONE = -1;

  /** The call must not be repeated: longer than any call waits. */
  static final long NEVER = Call.NO_TIMEOUT;

  private RetryPushback() {}

  /**
   * Nanoseconds after which the call is to be repeated, exactly; or {@link #NONE}, {@link #NEVER}.
   *
   * @param millis negative, or no number at all, is never
   */
  static long nanos(@Nullable String millis) {
    if (millis == null) {
      return NONE;
    }
    try {
      int value = Integer.parseInt(millis);
      return value < 0 ? NEVER : TimeUnit.MILLISECONDS.toNanos(value);
    } catch (NumberFormatException never) {
      return NEVER;
    }
  }
}
