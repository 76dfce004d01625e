package io.endomesh.controller.ramp;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What must hold for a ramp to go on. Immutable.
 *
 * @param maxErrorShare of the calls of a step, 0 to 1
 * @param maxP99Millis of the last seconds; null: whatever it is
 * @param minCalls of a step; before so many nothing is judged
 * @param rollBackOnFewCalls at the end of a step without them; else the step goes on
 */
record Guard(
    double maxErrorShare, @Nullable Double maxP99Millis, int minCalls, boolean rollBackOnFewCalls) {

  /**
   * @return why the ramp must not go on; null if there is no reason
   */
  @Nullable String broken(String backend, long calls, long errors, @Nullable Double p99Millis) {
    if (calls < minCalls || calls == 0) {
      return null;
    }
    // Of a call that is tried again on another side the two may count differently.
    double share = Math.min(1, (double) errors / calls);
    if (share > maxErrorShare) {
      return percent(share)
          + " of "
          + calls
          + " calls to "
          + backend
          + " failed (guard: "
          + percent(maxErrorShare)
          + ")";
    }
    if (maxP99Millis != null && p99Millis != null && p99Millis > maxP99Millis) {
      return "p99 of "
          + backend
          + " is "
          + number(p99Millis)
          + " ms (guard: "
          + number(maxP99Millis)
          + " ms)";
    }
    return null;
  }

  private static String percent(double share) {
    return number(share * 100) + " %";
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.1f", value).replaceFirst("\\.0$", "");
  }
}
