package io.endomesh.xds;

import static io.endomesh.xds.Xds.any;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import com.google.protobuf.UInt32Value;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.RuntimeFractionalPercent;
import io.envoyproxy.envoy.config.core.v3.TypedExtensionConfig;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.config.route.v3.HeaderMatcher;
import io.envoyproxy.envoy.config.route.v3.RateLimit;
import io.envoyproxy.envoy.config.route.v3.RateLimit.Action;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.LocalRateLimitDescriptor;
import io.envoyproxy.envoy.extensions.common.ratelimit.v3.RateLimitDescriptor.Entry;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.TokenBucket;
import java.util.List;

/** Listeners with rate limits, as a controller sends them. */
public final class RateLimits {

  private static final String MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  private static final String FILTER =
      "envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit";
  private static final String GLOBAL = "envoy.extensions.filters.http.ratelimit.v3.RateLimit";
  private static final String EXPRESSION =
      "envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor";

  private RateLimits() {}

  /** A port that takes plaintext, with one filter. */
  public static Listener listener(String name, String policy, LocalRateLimit filter) {
    return listener(name, policy, any(FILTER, filter));
  }

  /** The same with a filter of any type. */
  public static Listener listener(String name, String policy, Any filter) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .addHttpFilters(HttpFilter.newBuilder().setName(policy).setTypedConfig(filter))
            .build();
    return listener(name, manager);
  }

  /**
   * A port of which a server counts the calls for all instances.
   *
   * @param limits at the virtual host
   */
  public static Listener global(
      String name,
      String policy,
      io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit filter,
      RateLimit... limits) {
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .addHttpFilters(
                HttpFilter.newBuilder().setName(policy).setTypedConfig(any(GLOBAL, filter)))
            .setRouteConfig(
                RouteConfiguration.newBuilder()
                    .addVirtualHosts(
                        VirtualHost.newBuilder()
                            .putTypedPerFilterConfig(
                                policy,
                                any(
                                    GLOBAL + "PerRoute",
                                    RateLimitPerRoute.newBuilder()
                                        .addAllRateLimits(List.of(limits))
                                        .build()))))
            .build();
    return listener(name, manager);
  }

  /** Asks the controller in the domain of the policy. */
  public static io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit.Builder asking(
      String policy) {
    return io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit.newBuilder()
        .setDomain(policy)
        .setRateLimitService(
            RateLimitServiceConfig.newBuilder()
                .setGrpcService(
                    GrpcService.newBuilder()
                        .setEnvoyGrpc(
                            GrpcService.EnvoyGrpc.newBuilder()
                                .setClusterName("endomesh-controller"))));
  }

  private static Listener listener(String name, HttpConnectionManager manager) {
    return Listener.newBuilder()
        .setName(name)
        .addFilterChains(
            FilterChain.newBuilder()
                .addFilters(
                    Filter.newBuilder().setName("http").setTypedConfig(any(MANAGER, manager))))
        .build();
  }

  /** Without limits. */
  public static LocalRateLimit.Builder filter() {
    return LocalRateLimit.newBuilder().setFilterEnabled(always()).setFilterEnforced(always());
  }

  private static RuntimeFractionalPercent.Builder always() {
    return RuntimeFractionalPercent.newBuilder()
        .setDefaultValue(FractionalPercent.newBuilder().setNumerator(100));
  }

  /** One limit of all requests. */
  public static LocalRateLimit simple(String limit, int perSecond) {
    return filter()
        .addRateLimits(limit(named(limit)))
        .addDescriptors(descriptor(bucket(perSecond, perSecond), "limit", limit))
        .build();
  }

  public static RateLimit limit(Action... actions) {
    return RateLimit.newBuilder().addAllActions(List.of(actions)).build();
  }

  public static Action named(String limit) {
    return Action.newBuilder()
        .setGenericKey(
            Action.GenericKey.newBuilder().setDescriptorKey("limit").setDescriptorValue(limit))
        .build();
  }

  public static Action matching(HeaderMatcher... headers) {
    return Action.newBuilder()
        .setHeaderValueMatch(
            Action.HeaderValueMatch.newBuilder()
                .setDescriptorKey("match")
                .setDescriptorValue("true")
                .addAllHeaders(List.of(headers)))
        .build();
  }

  public static HeaderMatcher regex(String name, String regex) {
    return HeaderMatcher.newBuilder()
        .setName(name)
        .setStringMatch(
            StringMatcher.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex(regex)))
        .build();
  }

  public static HeaderMatcher exact(String name, String value) {
    return HeaderMatcher.newBuilder()
        .setName(name)
        .setStringMatch(StringMatcher.newBuilder().setExact(value))
        .build();
  }

  public static Action byHeader(String name, boolean skipIfAbsent) {
    return Action.newBuilder()
        .setRequestHeaders(
            Action.RequestHeaders.newBuilder()
                .setHeaderName(name)
                .setDescriptorKey("header")
                .setSkipIfAbsent(skipIfAbsent))
        .build();
  }

  public static Action byExpression(String text) {
    return Action.newBuilder()
        .setExtension(
            TypedExtensionConfig.newBuilder()
                .setTypedConfig(
                    any(
                        EXPRESSION,
                        Descriptor.newBuilder()
                            .setDescriptorKey("caller")
                            .setText(text)
                            .setSkipIfError(true)
                            .build())))
        .build();
  }

  public static TokenBucket bucket(int perSecond, int burst) {
    return TokenBucket.newBuilder()
        .setMaxTokens(burst)
        .setTokensPerFill(UInt32Value.of(perSecond))
        .setFillInterval(Duration.newBuilder().setSeconds(1))
        .build();
  }

  /**
   * @param entries keys and values in turn
   */
  public static LocalRateLimitDescriptor descriptor(TokenBucket bucket, String... entries) {
    LocalRateLimitDescriptor.Builder descriptor =
        LocalRateLimitDescriptor.newBuilder().setTokenBucket(bucket);
    for (int i = 0; i < entries.length; i += 2) {
      descriptor.addEntries(Entry.newBuilder().setKey(entries[i]).setValue(entries[i + 1]));
    }
    return descriptor.build();
  }
}
