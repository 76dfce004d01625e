package io.endomesh.xds.translate;

import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.route.Share;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * LocalRateLimit filters to {@link RateLimit}s; the name of a filter is that of the policy. In
 * Envoy's model the actions of a {@code rate_limits} entry describe a request, and {@code
 * descriptors} give buckets to descriptions. Stateless.
 */
final class RateLimitTranslator {

  private static final String FILTER =
      "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";

  /** Envoy {@code max_dynamic_descriptors}, where it says nothing. */
  private static final int DEFAULT_MAX_KEYS = 20;

  /** At 16 bytes each a limit may take 1 MB of the application's memory. */
  private static final int MAX_KEYS = 65_536;

  private RateLimitTranslator() {}

  static boolean understands(HttpFilter filter) {
    return Messages.is(filter.getTypedConfig(), FILTER);
  }

  static List<RateLimit> translate(List<HttpFilter> filters) throws InvalidResource {
    List<RateLimit> limits = new ArrayList<>();
    for (HttpFilter filter : filters) {
      if (understands(filter)) {
        String field = "http_filters[" + filter.getName() + "]";
        LocalRateLimit message =
            Messages.unpack(field, filter.getTypedConfig(), FILTER, LocalRateLimit.parser());
        refuseUnsupported(field, message);
        limits.addAll(limits(field, filter.getName(), message));
      }
    }
    return limits;
  }

  private static List<RateLimit> limits(String field, String policy, LocalRateLimit message)
      throws InvalidResource {
    if (message.hasTokenBucket()) {
      Messages.unsupported(
          field + ".descriptors beside token_bucket", message.getDescriptorsCount() > 0);
      Rate rate = rate(field + ".token_bucket", message.getTokenBucket());
      return List.of(
          new RateLimit(policy, "all", Condition.ANY, new LimitKey.None(), rate, /* maxKeys= */ 0));
    }
    int maxKeys =
        message.hasMaxDynamicDescriptors()
            ? Numbers.within(
                field + ".max_dynamic_descriptors",
                Integer.toUnsignedLong(message.getMaxDynamicDescriptors().getValue()),
                1,
                MAX_KEYS)
            : DEFAULT_MAX_KEYS;
    Map<List<Entry>, TokenBucket> buckets = new HashMap<>();
    for (LocalRateLimitDescriptor descriptor : message.getDescriptorsList()) {
      buckets.put(descriptor.getEntriesList(), descriptor.getTokenBucket());
    }
    List<RateLimit> limits = new ArrayList<>();
    for (int i = 0; i < message.getRateLimitsCount(); i++) {
      String where = field + ".rate_limits[" + i + "]";
      RateLimitActions actions = RateLimitActions.read(where, message.getRateLimits(i));
      Rate rate = rate(where, bucket(where, actions.entries(), buckets));
      LimitKey key = actions.key();
      boolean keyed = !(key instanceof LimitKey.None);
      if (keyed && !rate.equals(rate(where, bucket(where, actions.withoutKey(), buckets)))) {
        throw new InvalidResource(
            where + ": another rate for requests without the key (expected: the same)");
      }
      limits.add(
          new RateLimit(policy, actions.name(), actions.match(), key, rate, keyed ? maxKeys : 0));
    }
    return limits;
  }

  private static TokenBucket bucket(
      String field, List<Entry> entries, Map<List<Entry>, TokenBucket> buckets)
      throws InvalidResource {
    TokenBucket bucket = buckets.get(entries);
    if (bucket == null) {
      StringBuilder text = new StringBuilder();
      entries.forEach(e -> text.append(' ').append(e.getKey()).append('=').append(e.getValue()));
      throw new InvalidResource(field + ": no descriptor for" + text + " (expected: one)");
    }
    return bucket;
  }

  private static Rate rate(String field, TokenBucket bucket) throws InvalidResource {
    String where = field + ".token_bucket";
    int burst = Numbers.within(where + ".max_tokens", bucket.getMaxTokens(), 1, MAX_REQUESTS);
    long fill =
        bucket.hasTokensPerFill()
            ? Integer.toUnsignedLong(bucket.getTokensPerFill().getValue())
            : 1;
    int requests = Numbers.within(where + ".tokens_per_fill", fill, 1, MAX_REQUESTS);
    long perNanos = Messages.positiveNanos(where + ".fill_interval", bucket.getFillInterval());
    try {
      return new Rate(requests, perNanos, burst);
    } catch (IllegalArgumentException e) {
      throw new InvalidResource(where + ": " + e.getMessage());
    }
  }

  private static final int MAX_REQUESTS = Integer.MAX_VALUE;

  /** What makes the filter do something else, or nothing at all. */
  private static void refuseUnsupported(String field, LocalRateLimit message)
      throws InvalidResource {
    Messages.unsupported(field + ".status", message.hasStatus());
    Messages.unsupported(
        field + ".response_headers_to_add", message.getResponseHeadersToAddCount() > 0);
    Messages.unsupported(
        field + ".local_rate_limit_per_downstream_connection",
        message.getLocalRateLimitPerDownstreamConnection());
    Messages.unsupported(field + ".local_cluster_rate_limit", message.hasLocalClusterRateLimit());
    requireAll(
        field + ".filter_enabled", message.hasFilterEnabled() ? message.getFilterEnabled() : null);
    requireAll(
        field + ".filter_enforced",
        message.hasFilterEnforced() ? message.getFilterEnforced() : null);
  }

  /** Absent is 0 % in Envoy: a limit that limits nothing. */
  private static void requireAll(String field, @Nullable RuntimeFractionalPercent share)
      throws InvalidResource {
    boolean all =
        share != null
            && Numbers.share(field + ".default_value", share.getDefaultValue()).equals(Share.ALL);
    if (!all) {
      throw new InvalidResource(field + ": not all requests (expected: 100 %)");
    }
  }
}
