package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.DestinationRule.TrafficPolicy;
import io.endomesh.controller.kinds.ServiceEntry;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The DestinationRules of the mesh by the host they are for; the oldest one has it. Immutable. */
final class DestinationRules {

  /** By {@code orders.shop}, or an external host. */
  private final Map<String, DestinationRule> byHost = new HashMap<>();

  /**
   * @param rules oldest first
   * @param entries the ServiceEntry that has a host, or null
   */
  DestinationRules(List<DestinationRule> rules, Function<String, @Nullable ServiceEntry> entries) {
    for (DestinationRule rule : rules) {
      if (RuleHost.of(rule, entries) instanceof RuleHost.Of host) {
        byHost.putIfAbsent(host.key(), rule);
      }
    }
  }

  @Nullable DestinationRule of(String host) {
    return byHost.get(host);
  }

  /**
   * What holds for a port of a host, or of a subset of it; {@link TrafficPolicy#NONE} if nothing
   * does.
   */
  TrafficPolicy policy(String host, @Nullable String subset, int port) {
    DestinationRule rule = byHost.get(host);
    return rule == null ? TrafficPolicy.NONE : rule.policy(subset, port);
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
