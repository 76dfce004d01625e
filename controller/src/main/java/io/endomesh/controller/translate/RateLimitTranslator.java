package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.dataplane.limit.Rate;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * RateLimitPolicies of which each workload counts for itself, as Envoy's LocalRateLimit filters,
 * one for each policy and with its name, for one workload. A limit is a {@code rate_limits} entry
 * whose actions describe the requests that it counts, and a descriptor with its bucket. A limit
 * with a key has two descriptors, one with an empty value, which is a bucket for each value, and
 * one for requests without the key. Stateless.
 */
final class RateLimitTranslator {

  /**
   * Callers or header values with a bucket of their own at a time: 64 KB for each limit with a key.
   */
  private static final int MAX_KEYS = 4_096;

  private RateLimitTranslator() {}

  /** Oldest first. */
  static List<HttpFilter> filters(MeshModel model, Scope workload) {
    List<HttpFilter> filters = new ArrayList<>();
    for (RateLimitPolicy policy : model.catalog().rateLimitPolicies()) {
      String namespace = policy.metadata().namespace();
      if (policy.global() == null
          && PolicyTargets.include(workload, model, namespace, policy.services())) {
        filters.add(
            HttpFilter.newBuilder()
                .setName("RateLimitPolicy/" + namespace + "/" + policy.metadata().name())
                .setTypedConfig(Any.pack(filter(policy)))
                .build());
      }
    }
    return filters;
  }

  private static LocalRateLimit filter(RateLimitPolicy policy) {
    LocalRateLimit.Builder filter =
        LocalRateLimit.newBuilder()
            .setStatPrefix("rate_limit")
            .setFilterEnabled(always())
            .setFilterEnforced(always())
            .setEnableXRatelimitHeaders(XRateLimitHeadersRFCVersion.DRAFT_VERSION_03)
            .setRateLimitedAsResourceExhausted(true)
            .setMaxDynamicDescriptors(UInt32Value.of(MAX_KEYS));
    for (RateLimitPolicy.Limit limit : policy.limits()) {
      add(limit, filter);
    }
    return filter.build();
  }

  /** In Envoy a filter is off where this is absent. */
  private static RuntimeFractionalPercent always() {
    return RuntimeFractionalPercent.newBuilder()
        .setDefaultValue(FractionalPercent.newBuilder().setNumerator(100))
        .build();
  }

  private static void add(RateLimitPolicy.Limit limit, LocalRateLimit.Builder filter) {
    LimitDescription description = LimitDescription.of(limit);
    Rate rate = Objects.requireNonNull(limit.rate(), limit.name());
    filter.addDescriptors(descriptor(description.withoutKey(), rate));
    if (description.keyed()) {
      filter.addDescriptors(descriptor(description.entries(), rate));
    }
    filter.addRateLimits(description.rateLimit());
  }

  private static LocalRateLimitDescriptor descriptor(List<Entry> entries, Rate rate) {
    return LocalRateLimitDescriptor.newBuilder()
        .addAllEntries(entries)
        .setTokenBucket(
            TokenBucket.newBuilder()
                .setMaxTokens(rate.burst())
                .setTokensPerFill(UInt32Value.of(rate.requests()))
                .setFillInterval(Durations.fromNanos(rate.perNanos())))
        .build();
  }
}
