package io.endomesh.controller.kinds;

import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as Gateway API writes them (GEP-2257): {@code 1h30m}, {@code 250ms}, {@code 0s}. */
final class Durations {

  /** One to four numbers of up to five digits, each with its unit. */
  private static final Pattern WHOLE = Pattern.compile("([0-9]{1,5}(h|m|s|ms)){1,4}");

  private static final Pattern PART = Pattern.compile("([0-9]{1,5})(ms|h|m|s)");

  private Durations() {}

  /**
   * @throws IllegalArgumentException with a sentence
   */
  static long parseNanos(String text) {
    if (!WHOLE.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "'" + text + "' (expected: a duration such as 500ms, 10s or 1h30m)");
    }
    long nanos = 0;
    Matcher part = PART.matcher(text);
    while (part.find()) {
      long number = Long.parseLong(part.group(1));
      nanos +=
          switch (part.group(2)) {
            case "h" -> TimeUnit.HOURS.toNanos(number);
            case "m" -> TimeUnit.MINUTES.toNanos(number);
            case "s" -> TimeUnit.SECONDS.toNanos(number);
            default -> TimeUnit.MILLISECONDS.toNanos(number);
          };
    }
    return nanos;
  }
}
