package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.RateLimitPolicy;
import io.endomesh.controller.kinds.RouteResource.NamedText;
import io.endomesh.controller.kinds.RouteResource.Text;
import io.endomesh.dataplane.limit.LimitKey;
import io.endomesh.dataplane.limit.Rate;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.XRateLimitHeadersRFCVersion;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.ArrayList;
import java.util.List;

/**
 * RateLimitPolicies as Envoy's LocalRateLimit filters, one for each policy and with its name, for
 * one workload. A limit is a {@code rate_limits} entry whose actions describe the requests that it
 * counts, and a descriptor with its bucket. A limit with a key has two descriptors, one with an
 * empty value, which is a bucket for each value, and one for requests without the key. Stateless.
 */
final class RateLimitTranslator {

  /**
   * Callers or header values with a bucket of their own at a time: 64 KB for each limit with a key.
   */
  private static final int MAX_KEYS = 4_096;

  /** Envoy's attribute of the SPIFFE id that a caller proved. */
  private static final String CALLER = "connection.uri_san_peer_certificate";

  private RateLimitTranslator() {}

  /** Oldest first. */
  static List<HttpFilter> filters(MeshModel model, Scope workload) {
    List<HttpFilter> filters = new ArrayList<>();
    for (RateLimitPolicy policy : model.catalog().rateLimitPolicies()) {
      String namespace = policy.metadata().namespace();
      if (PolicyTargets.include(workload, model, namespace, policy.services())) {
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
    List<Action> actions = new ArrayList<>();
    List<Entry> entries = new ArrayList<>();
    actions.add(
        Action.newBuilder()
            .setGenericKey(
                Action.GenericKey.newBuilder()
                    .setDescriptorKey("limit")
                    .setDescriptorValue(limit.name()))
            .build());
    entries.add(entry("limit", limit.name()));
    List<HeaderMatcher> headers = headers(limit.match());
    if (!headers.isEmpty()) {
      actions.add(
          Action.newBuilder()
              .setHeaderValueMatch(
                  Action.HeaderValueMatch.newBuilder()
                      .setDescriptorKey("match")
                      .setDescriptorValue("true")
                      .addAllHeaders(headers))
              .build());
      entries.add(entry("match", "true"));
    }
    filter.addDescriptors(descriptor(entries, limit.rate()));
    if (limit.key() instanceof LimitKey.Caller) {
      actions.add(caller());
      entries.add(entry("caller", ""));
      filter.addDescriptors(descriptor(entries, limit.rate()));
    } else if (limit.key() instanceof LimitKey.Header header) {
      actions.add(
          Action.newBuilder()
              .setRequestHeaders(
                  Action.RequestHeaders.newBuilder()
                      .setHeaderName(header.name())
                      .setDescriptorKey("header")
                      .setSkipIfAbsent(true))
              .build());
      entries.add(entry("header", ""));
      filter.addDescriptors(descriptor(entries, limit.rate()));
    }
    filter.addRateLimits(RateLimit.newBuilder().addAllActions(actions));
  }

  private static Entry entry(String key, String value) {
    return Entry.newBuilder().setKey(key).setValue(value).build();
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

  private static Action caller() {
    return Action.newBuilder()
        .setExtension(
            TypedExtensionConfig.newBuilder()
                .setName("envoy.rate_limit_descriptors.expr")
                .setTypedConfig(
                    Any.pack(
                        Descriptor.newBuilder()
                            .setDescriptorKey("caller")
                            .setText(CALLER)
                            .setSkipIfError(true)
                            .build())))
        .build();
  }

  private static List<HeaderMatcher> headers(HttpRoute.Match match) {
    List<HeaderMatcher> headers = new ArrayList<>();
    boolean exact = match.path().type() == HttpRoute.PathType.Exact;
    if (exact || !match.path().value().equals("/")) {
      headers.add(path(match.path().value(), exact));
    }
    if (match.method() != null) {
      headers.add(
          RouteRules.header(
              new NamedText(":method", new Text(/* regex= */ false, match.method()))));
    }
    match.headers().forEach(header -> headers.add(RouteRules.header(header)));
    return headers;
  }

  /**
   * The path without its query, which the header {@code :path} holds as well. Agents know these two
   * expressions, and compare text instead.
   */
  private static HeaderMatcher path(String path, boolean exact) {
    String prefix = path.endsWith("/") && !exact ? path.substring(0, path.length() - 1) : path;
    return HeaderMatcher.newBuilder()
        .setName(":path")
        .setStringMatch(
            StringMatcher.newBuilder()
                .setSafeRegex(
                    RouteRules.regex("\\Q" + prefix + (exact ? "\\E(\\?.*)?" : "\\E([/?].*)?"))))
        .build();
  }
}
