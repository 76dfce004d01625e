package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import com.google.protobuf.BoolValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.controller.kinds.OverloadPolicy;
import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.FilterChainMatch;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import org.jspecify.annotations.Nullable;

/**
 * The rules for one port a workload serves, as a listener: TLS by PeerAuthentication, whose tokens
 * it takes by RequestAuthentication, who may call by AuthorizationPolicy, how often by
 * RateLimitPolicy, how many at a time by OverloadPolicy, what browsers are told by the routes of
 * its services. Port 0 stands for the ports that have no listener of their own. Stateless.
 */
final class InboundTranslator {

  private static final String PREFIX = "endomesh/inbound/";

  /** The filter-metadata namespace of what is ours. */
  private static final String METADATA = "endomesh";

  private InboundTranslator() {}

  static boolean isInbound(String listenerName) {
    return listenerName.startsWith(PREFIX);
  }

  /** Null if the name names no port. */
  static @Nullable Listener listener(MeshModel model, String name, Scope scope) {
    String number = name.substring(PREFIX.length());
    if (!number.matches("[0-9]{1,5}")) {
      return null;
    }
    int port = Integer.parseInt(number);
    OverloadPolicy overload = OverloadTranslator.of(model, scope);
    GlobalLimitTranslator global = new GlobalLimitTranslator(model, scope);
    Filter http = httpConnectionManager(model, name, scope, port, global, overload);
    Listener.Builder listener = Listener.newBuilder().setName(name);
    Struct ours = ours(model, global, overload);
    if (ours.getFieldsCount() > 0) {
      listener.setMetadata(Metadata.newBuilder().putFilterMetadata(METADATA, ours));
    }
    switch (model.mtlsMode(scope.namespace(), scope.labels(), port)) {
      case STRICT -> listener.addFilterChains(tls(http));
      case DISABLE -> listener.addFilterChains(plaintext(http));
      case PERMISSIVE, UNSET ->
          listener.addFilterChains(tls(http)).addFilterChains(plaintext(http));
    }
    return listener.build();
  }

  /** What Envoy has no word for. */
  private static Struct ours(
      MeshModel model, GlobalLimitTranslator global, @Nullable OverloadPolicy overload) {
    Struct.Builder ours =
        overload == null
            ? Struct.newBuilder()
            : OverloadTranslator.metadata(overload, model.trustDomain())
                .getFilterMetadataOrThrow(METADATA)
                .toBuilder();
    Struct rates = global.rates();
    if (rates.getFieldsCount() > 0) {
      ours.putFields("rates", Value.newBuilder().setStructValue(rates).build());
    }
    return ours.build();
  }

  private static FilterChain tls(Filter http) {
    return FilterChain.newBuilder()
        .setName(Mode.STRICT.name())
        .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol("tls"))
        .setTransportSocket(TlsContexts.downstream())
        .addFilters(http)
        .build();
  }

  private static FilterChain plaintext(Filter http) {
    return FilterChain.newBuilder()
        .setName(Mode.DISABLE.name())
        .setFilterChainMatch(FilterChainMatch.newBuilder().setTransportProtocol("raw_buffer"))
        .addFilters(http)
        .build();
  }

  private static Filter httpConnectionManager(
      MeshModel model,
      String name,
      Scope scope,
      int port,
      GlobalLimitTranslator global,
      @Nullable OverloadPolicy overload) {
    HttpConnectionManager.Builder manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(name)
            .setRouteConfig(
                RouteConfiguration.newBuilder()
                    .setName(name)
                    .addVirtualHosts(
                        VirtualHost.newBuilder()
                            .setName(name)
                            .addDomains("*")
                            .putAllTypedPerFilterConfig(global.calls())
                            .addAllRoutes(InboundRoutes.of(model, scope, port))));
    int hops = model.inboundPolicies().trustedHops(scope.namespace(), scope.labels());
    if (hops > 0) {
      manager.setUseRemoteAddress(BoolValue.of(true)).setXffNumTrustedHops(hops);
    }
    HttpFilter tokens = RequestAuthenticationTranslator.filter(model, scope);
    if (tokens != null) {
      manager.addHttpFilters(tokens);
    }
    manager.addAllHttpFilters(AccessRules.of(model, scope, port).filters());
    manager.addAllHttpFilters(RateLimitTranslator.filters(model, scope));
    // Last of the limits: what a workload can decide by itself, nobody is asked about.
    manager.addAllHttpFilters(global.filters());
    if (overload != null) {
      manager.addHttpFilters(OverloadTranslator.filter(overload));
    }
    return Filter.newBuilder()
        .setName("envoy.filters.network.http_connection_manager")
        .setTypedConfig(Any.pack(manager.addHttpFilters(OutboundListener.ROUTER).build()))
        .build();
  }
}
