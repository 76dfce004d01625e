package io.endomesh.controller.kinds;

import io.endomesh.dataplane.cluster.Breaker;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How calls to a service are kept from making its trouble worse. A kind of our own: the circuit
 * breakers of Istio and Envoy are limits, and Gateway API has none. Immutable.
 *
 * @param services of its own namespace
 * @param breaker null never opens
 */
public record ResiliencePolicy(Metadata metadata, List<String> services, @Nullable Breaker breaker)
    implements MeshResource {

  private static final long SECOND = 1_000_000_000L;

  /** Ten steps of a window that is shorter would be shorter than timers are precise. */
  private static final long MIN_WINDOW_NANOS = SECOND / 10;

  /** Hystrix and Resilience4j count seconds to minutes; an hour tells nothing of now. */
  private static final long MAX_NANOS = 3_600 * SECOND;

  public ResiliencePolicy {
    services = List.copyOf(services);
  }

  static ResiliencePolicy read(Metadata metadata, Fields spec) {
    List<String> services = TargetRefs.services(spec);
    Breaker breaker = breaker(metadata, spec);
    if (breaker == null) {
      throw spec.invalid("breaker", "absent (expected: a breaker; {} is one with all defaults)");
    }
    return new ResiliencePolicy(metadata, services, breaker);
  }

  private static @Nullable Breaker breaker(Metadata metadata, Fields spec) {
    Fields fields = spec.optionalObject("breaker");
    if (fields == null) {
      return null;
    }
    Fields slow = fields.optionalObject("slowCalls");
    long slowNanos = 0;
    int slowPercent = Breaker.DEFAULT_SLOW_PERCENT;
    if (slow != null) {
      slowNanos = duration(slow, "duration", 1_000_000, 0);
      if (slowNanos == 0) {
        throw slow.invalid("duration", "absent (expected: a duration such as 500ms)");
      }
      slowPercent = slow.integer("percent", 1, 100, slowPercent);
      slow.rejectUnknown();
    }
    Breaker breaker =
        new Breaker(
            "ResiliencePolicy/" + metadata.namespace() + "/" + metadata.name(),
            duration(fields, "window", MIN_WINDOW_NANOS, Breaker.DEFAULT_WINDOW_NANOS),
            fields.integer("minimumCalls", 1, 1_000_000, Breaker.DEFAULT_MINIMUM_CALLS),
            fields.integer("failurePercent", 1, 100, Breaker.DEFAULT_FAILURE_PERCENT),
            slowNanos,
            slowPercent,
            duration(fields, "openDuration", 1_000_000, Breaker.DEFAULT_OPEN_NANOS),
            fields.integer("halfOpenCalls", 1, 1_000, Breaker.DEFAULT_HALF_OPEN_CALLS));
    fields.rejectUnknown();
    return breaker;
  }

  private static long duration(Fields fields, String name, long min, long otherwise) {
    Long nanos = fields.durationNanos(name);
    if (nanos == null) {
      return otherwise;
    }
    if (nanos < min || nanos > MAX_NANOS) {
      throw fields.invalid(
          name, "'" + fields.string(name) + "' (expected: " + min / 1_000_000 + "ms to 1h)");
    }
    return nanos;
  }
}
