package io.endomesh.controller.telemetry;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The last minutes, one value a second, oldest first. Immutable. */
public record Series(
    Instant start,
    int stepSeconds,
    List<Double> requestsPerSecond,
    List<Double> errorsPerSecond,
    List<@Nullable Double> p50Millis,
    List<@Nullable Double> p99Millis) {}
