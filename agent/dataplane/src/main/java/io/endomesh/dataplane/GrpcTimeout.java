package io.endomesh.dataplane;

import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Reads the header {@code grpc-timeout} ("Requests" of gRPC over HTTP/2). Stateless. */
final class GrpcTimeout {

  /** "TimeoutValue: positive integer as ASCII string of at most 8 digits". */
  private static final int MAX_DIGITS = 8;

  private GrpcTimeout() {}

  /** Nanoseconds; {@link Call#NO_TIMEOUT} if there is none, or none that can be read. */
  static long nanos(@Nullable String text) {
    if (text == null || text.length() < 2 || text.length() > MAX_DIGITS + 1) {
      return Call.NO_TIMEOUT;
    }
    TimeUnit unit = unit(text.charAt(text.length() - 1));
    long value = 0;
    for (int i = 0; i < text.length() - 1; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return Call.NO_TIMEOUT;
      }
      value = value * 10 + digit;
    }
    return unit == null || value == 0 ? Call.NO_TIMEOUT : unit.toNanos(value);
  }

  private static @Nullable TimeUnit unit(char letter) {
    return switch (letter) {
      case 'H' -> TimeUnit.HOURS;
      case 'M' -> TimeUnit.MINUTES;
      case 'S' -> TimeUnit.SECONDS;
      case 'm' -> TimeUnit.MILLISECONDS;
      case 'u' -> TimeUnit.MICROSECONDS;
      case 'n' -> TimeUnit.NANOSECONDS;
      default -> null;
    };
  }
}
