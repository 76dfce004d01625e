package io.endomesh.telemetry;

import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a user can set about telemetry. Immutable.
 *
 * @param samplingRatio share of the traces begun here that are recorded, 0 to 1; traces begun
 *     elsewhere are recorded if their beginning was
 * @param exportInterval between two exports
 * @param agentVersion shown with the workload
 */
public record TelemetrySettings(
    double samplingRatio, Duration exportInterval, String agentVersion) {

  /** Every trace: this release shows each call in the console. */
  public static final double DEFAULT_SAMPLING_RATIO = 1.0;

  /** The console promises to be no more than two seconds behind; half of it is ours. */
  public static final Duration DEFAULT_EXPORT_INTERVAL = Duration.ofSeconds(1);

  /**
   * Reads the setting {@code telemetry.sampling}.
   *
   * @param sampling as the user wrote it, null for the default
   * @param problems gets one sentence for a value that cannot be used; the default is kept then
   */
  public static TelemetrySettings of(
      @Nullable String sampling, String agentVersion, Consumer<String> problems) {
    return new TelemetrySettings(ratio(sampling, problems), DEFAULT_EXPORT_INTERVAL, agentVersion);
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
}
