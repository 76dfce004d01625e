package io.endomesh.telemetry;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a user can set about telemetry. Immutable.
 *
 * @param samplingRatio share of the traces begun here that are recorded, 0 to 1; traces begun
 *     elsewhere are recorded if their beginning was
 * @param tracesPerSecond at most so many of them, at least 1
 * @param exportInterval between two exports
 * @param agentVersion shown with the workload
 */
public record TelemetrySettings(
    double samplingRatio, int tracesPerSecond, Duration exportInterval, String agentVersion) {

  /** Every trace that the limit allows: with little traffic each call can be looked at. */
  public static final double DEFAULT_SAMPLING_RATIO = 1.0;

  /**
   * More than anybody reads, and little against the calls themselves: the two spans of a call cost
   * 0.15 ms of CPU time at most, in both services and the controller together (the hop benchmark's
   * 447 µs a call with them, 298 µs without an agent), so this is 1.5 % of a core. Metrics count
   * every call regardless.
   */
  public static final int DEFAULT_TRACES_PER_SECOND = 100;

  /** The console promises to be no more than two seconds behind; half of it is ours. */
  public static final Duration DEFAULT_EXPORT_INTERVAL = Duration.ofSeconds(1);

  /**
   * Reads the settings {@code telemetry.sampling} and {@code telemetry.traces-per-second}.
   *
   * @param sampling as the user wrote it, null for the default
   * @param tracesPerSecond likewise
   * @param problems gets one sentence for a value that cannot be used; the default is kept then
   */
  public static TelemetrySettings of(
      @Nullable String sampling,
      @Nullable String tracesPerSecond,
      String agentVersion,
      Consumer<String> problems) {
    return new TelemetrySettings(
        ratio(sampling, problems),
        rate(tracesPerSecond, problems),
        DEFAULT_EXPORT_INTERVAL,
        agentVersion);
  }

  private static double ratio(@Nullable String text, Consumer<String> problems) {
    if (text == null) {
      return DEFAULT_SAMPLING_RATIO;
    }
    try {
      double ratio = Double.parseDouble(text.trim());
      if (ratio >= 0 && ratio <= 1) {
        return ratio;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same sentence as a number out of range.
    }
    problems.accept(
        "telemetry.sampling: "
            + text
            + " (expected: a number from 0 to 1); keeping "
            + DEFAULT_SAMPLING_RATIO);
    return DEFAULT_SAMPLING_RATIO;
  }

  private static int rate(@Nullable String text, Consumer<String> problems) {
    if (text == null) {
      return DEFAULT_TRACES_PER_SECOND;
    }
    try {
      int rate = Integer.parseInt(text.trim());
      if (rate > 0) {
        return rate;
      }
    } catch (NumberFormatException e) {
      // Falls through to the same sentence as a number out of range.
    }
    problems.accept(
        "telemetry.traces-per-second: "
            + text
            + " (expected: a whole number from 1; telemetry.sampling=0 begins no trace); keeping "
            + DEFAULT_TRACES_PER_SECOND);
    return DEFAULT_TRACES_PER_SECOND;
  }
}
