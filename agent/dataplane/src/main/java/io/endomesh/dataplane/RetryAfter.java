package io.endomesh.dataplane;

import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.concurrent.TimeUnit;

/** Reads a Retry-After header (RFC 9110, 10.2.3). Stateless. */
final class RetryAfter {

  /**
   * Longest rest that an endpoint may ask for: Linkerd's bound on Retry-After, and Envoy's on
   * rate-limited retries ({@code max_interval}).
   */
  static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(300);

  /** A year: more digits are nobody's seconds. */
  private static final int MAX_DIGITS = 8;

  private RetryAfter() {}

  /**
   * Nanoseconds to wait from now, at most {@link #MAX_NANOS}; 0 if the value makes no sense or the
   * time has passed.
   *
   * @param value seconds, or a date
   */
  static long nanos(String value, Instant now) {
    String text = value.strip();
    if (!text.isEmpty() && text.length() <= MAX_DIGITS && isNumber(text)) {
      return Math.min(MAX_NANOS, TimeUnit.SECONDS.toNanos(Long.parseLong(text)));
    }
    try {
      Instant date = ZonedDateTime.parse(text, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Math.max(0, Math.min(MAX_NANOS, Duration.between(now, date).toNanos()));
    } catch (DateTimeParseException | ArithmeticException notADate) {
      return 0;
    }
  }

  private static boolean isNumber(String text) {
    return text.chars().allMatch(c -> c >= '0' && c <= '9');
  }
}
