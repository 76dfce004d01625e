package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.ServiceEntry;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the host of a DestinationRule means. As in Istio a name without a dot is a service of the
 * rule's own namespace, and one with dots is taken as it is; here {@code orders.shop} is a service
 * too, unless a ServiceEntry has that host.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/destination-rule/">Istio,
 *     DestinationRule, host</a>
 */
sealed interface RuleHost {

  /** By which the rule is found: {@code orders.shop}, or an external host. */
  record Of(String key, @Nullable ServiceKey service) implements RuleHost {}

  /** A service of another namespace, whose owner says how it is reached (GEP-1324). */
  record Foreign(ServiceKey service) implements RuleHost {}

  /**
   * @param entries the ServiceEntry that has a host, or null
   */
  static RuleHost of(DestinationRule rule, Function<String, @Nullable ServiceEntry> entries) {
    String namespace = rule.metadata().namespace();
    ServiceEntry entry = entries.apply(rule.host());
    boolean isShort = rule.host().indexOf('.') < 0;
    // Who has a short host in another namespace takes no service's rule away.
    if (entry != null && (!isShort || entry.metadata().namespace().equals(namespace))) {
      return new Of(rule.host(), null);
    }
    ServiceKey service = ServiceKey.ofHost(rule.host(), namespace);
    if (service == null) {
      return new Of(rule.host(), null);
    }
    return service.namespace().equals(namespace)
        ? new Of(service.toString(), service)
        : new Foreign(service);
  }
}
