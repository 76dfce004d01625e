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

  public ResiliencePolicy {
    services = List.copyOf(services);
  }

  static ResiliencePolicy read(Metadata metadata, Fields spec) {
    List<String> services = TargetRefs.services(spec);
    Breaker breaker =
        BreakerFields.read(
            "ResiliencePolicy/" + metadata.namespace() + "/" + metadata.name(), spec);
    if (breaker == null) {
      throw spec.invalid("breaker", "absent (expected: a breaker; {} is one with all defaults)");
    }
    return new ResiliencePolicy(metadata, services, breaker);
  }
}
