package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.DestinationRule.TrafficPolicy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The DestinationRules of the mesh by the host they are for; the oldest one has it. Immutable. */
final class DestinationRules {

  /** By {@code orders.shop}, or an external host. */
  private final Map<String, DestinationRule> byHost = new HashMap<>();

  /**
   * @param rules oldest first
   */
  DestinationRules(List<DestinationRule> rules) {
    for (DestinationRule rule : rules) {
      byHost.putIfAbsent(host(rule), rule);
    }
  }

  private static String host(DestinationRule rule) {
    ServiceKey key = ServiceKey.ofHost(rule.host(), rule.metadata().namespace());
    return key == null ? rule.host() : key.toString();
  }

  @Nullable DestinationRule of(String host) {
    return byHost.get(host);
  }

  /** What holds for a host, or for a subset of it; {@link TrafficPolicy#NONE} if nothing does. */
  TrafficPolicy policy(String host, @Nullable String subset) {
    DestinationRule rule = byHost.get(host);
    if (rule == null) {
      return TrafficPolicy.NONE;
    }
    DestinationRule.Subset named = subset(host, subset);
    return named == null ? rule.policy() : named.policy();
  }

  DestinationRule.@Nullable Subset subset(String host, @Nullable String subset) {
    DestinationRule rule = byHost.get(host);
    if (rule == null || subset == null) {
      return null;
    }
    return rule.subsets().stream()
        .filter(candidate -> candidate.name().equals(subset))
        .findFirst()
        .orElse(null);
  }
}
