package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.dataplane.limit.Rate;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A limit that the controller counts for all workloads of a service. Immutable.
 *
 * @param domain of its policy
 * @param namespace whose workloads may ask about it
 * @param entries that describe a call, the empty value of the key last
 */
public record GlobalLimit(
    String domain, String namespace, String name, Rate rate, List<Entry> entries, boolean keyed) {

  public GlobalLimit {
    entries = List.copyOf(entries);
  }

  /** Of a call that has no key. */
  public List<Entry> withoutKey() {
    return keyed ? entries.subList(0, entries.size() - 1) : entries;
  }

  /** All of a mesh but those that another server counts. */
  public static List<GlobalLimit> of(MeshModel model) {
    List<GlobalLimit> limits = new ArrayList<>();
    for (RateLimitPolicy policy : model.catalog().rateLimitPolicies()) {
      if (policy.global() != null && policy.global().server() == null) {
        for (RateLimitPolicy.Limit limit : policy.limits()) {
          LimitDescription description = LimitDescription.of(limit);
          limits.add(
              new GlobalLimit(
                  GlobalLimitTranslator.domain(policy),
                  policy.metadata().namespace(),
                  limit.name(),
                  Objects.requireNonNull(limit.rate(), limit.name()),
                  description.entries(),
                  description.keyed()));
        }
      }
    }
    return limits;
  }
}
