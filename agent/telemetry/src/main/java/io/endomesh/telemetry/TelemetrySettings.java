package io.endomesh.telemetry;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a user can set about telemetry. Immutable.
 *
 * @param samplingRatio share of the traces begun here that are recorded, 0 to 1; traces begun
 *     elsewhere are recorded if their beginning was
 * @param tracesPerSecond at most so many of them, at least 1
 * @param exportInterval between two exports
 * @param propagation in which ways traces are told to others, and read from them
 * @param agentVersion shown with the workload
 */
public record TelemetrySettings(
    double samplingRatio,
    int tracesPerSecond,
    Duration exportInterval,
    List<Propagation> propagation,
    String agentVersion) {

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

  public TelemetrySettings {
    propagation = List.copyOf(propagation);
  }

  /**
   * Reads the settings {@code telemetry.sampling}, {@code telemetry.traces-per-second} and {@code
   * telemetry.propagation}.
   *
   * @param sampling as the user wrote it, null for the default
   * @param tracesPerSecond likewise
   * @param propagation likewise
   * @param problems gets one sentence for a value that cannot be used; the default is kept then
   */
  public static TelemetrySettings of(
      @Nullable String sampling,
      @Nullable String tracesPerSecond,
      @Nullable String propagation,
      String agentVersion,
      Consumer<String> problems) {
    return new TelemetrySettings(
        ratio(sampling, problems),
        rate(tracesPerSecond, problems),
        DEFAULT_EXPORT_INTERVAL,
        propagation(propagation, problems),
        agentVersion);
  }

  private static List<Propagation> propagation(@Nullable String text, Consumer<String> problems) {
    if (text == null) {
      return Propagation.DEFAULT;
    }
    Set<Propagation> all = new LinkedHashSet<>();
    // Semicolons are what the agent argument leaves to lists.
    for (String name : text.split("[,;]", -1)) {
      Propagation one = Propagation.of(name.trim());
      if (one == null) {
        problems.accept(
            "telemetry.propagation: "
                + text
                + " (expected: tracecontext, b3 or b3multi, or several of them); keeping"
                + " tracecontext");
        return Propagation.DEFAULT;
      }
      all.add(one);
    }
    return List.copyOf(all);
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
