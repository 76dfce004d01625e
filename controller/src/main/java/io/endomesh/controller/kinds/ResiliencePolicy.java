package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.OutlierDetection.FailurePercentage;
import io.endomesh.dataplane.cluster.OutlierDetection.SuccessRate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls to a service are kept from making its trouble worse, and from waiting for the slowest
 * of its instances. A kind of our own: the circuit breakers of Istio and Envoy are limits, Envoy's
 * hedging has no delay, Istio ejects for errors in a row only, and Gateway API has none of them.
 * Immutable.
 *
 * @param services of its own namespace
 * @param breaker null never opens
 * @param hedging null sends a call once
 * @param outliers null compares no endpoints with each other
 */
public record ResiliencePolicy(
    Metadata metadata,
    List<String> services,
    @Nullable Breaker breaker,
    @Nullable Hedging hedging,
    @Nullable Outliers outliers)
    implements MeshResource {

  /** What ejects an endpoint besides the errors in a row of a DestinationRule; null does not. */
  public record Outliers(
      @Nullable SuccessRate successRate, @Nullable FailurePercentage failurePercentage) {}

  public ResiliencePolicy {
    services = List.copyOf(services);
  }

  static ResiliencePolicy read(Metadata metadata, Fields spec) {
    List<String> services = TargetRefs.services(spec);
    String name = name(metadata);
    Breaker breaker = BreakerFields.read(name, spec);
    Hedging hedging = hedging(name, spec);
    Outliers outliers = OutlierFields.read(spec);
    if (breaker == null && hedging == null && outliers == null) {
      throw spec.invalid(
          "breaker",
          "absent (expected: a breaker, {} is one with all defaults; hedging; or outlierDetection)");
    }
    return new ResiliencePolicy(metadata, services, breaker, hedging, outliers);
  }

  private static @Nullable Hedging hedging(String name, Fields spec) {
    Fields fields = spec.optionalObject("hedging");
    if (fields == null) {
      return null;
    }
    long afterNanos = BreakerFields.duration(fields, "after", 1_000_000, 0);
    if (afterNanos == 0) {
      throw fields.invalid(
          "after", "absent (expected: a duration such as 50ms, longer than most calls take)");
    }
    Hedging hedging =
        new Hedging(
            name,
            afterNanos,
            fields.integer("maxAttempts", 2, Hedging.MOST_ATTEMPTS, Hedging.DEFAULT_MAX_ATTEMPTS));
    fields.rejectUnknown();
    return hedging;
  }

  private static String name(Metadata metadata) {
    return "ResiliencePolicy/" + metadata.namespace() + "/" + metadata.name();
  }
}
