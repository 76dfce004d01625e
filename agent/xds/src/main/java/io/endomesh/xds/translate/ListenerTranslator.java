package io.endomesh.xds.translate;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.RateLimit;
import io.endomesh.dataplane.route.CorsRules;
import io.endomesh.dataplane.token.RequestAuthentication;
import io.envoyproxy.envoy.config.listener.v3.Filter;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext;
import java.util.List;

/** Listener to {@link ListenerResource}. Stateless. */
public final class ListenerTranslator {

  private static final String CONNECTION_MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
  private static final String DOWNSTREAM_TLS =
      "envoy.extensions.transport_sockets.tls.v3.DownstreamTlsContext";

  private ListenerTranslator() {}

  public static ListenerResource translate(Listener message) throws InvalidResource {
    return message.hasApiListener() ? client(message) : server(message);
  }

  private static ListenerResource client(Listener message) throws InvalidResource {
    HttpConnectionManager manager =
        Messages.unpack(
            "api_listener",
            message.getApiListener().getApiListener(),
            CONNECTION_MANAGER,
            HttpConnectionManager.parser());
    return switch (manager.getRouteSpecifierCase()) {
      case RDS -> new ListenerResource.ByName(manager.getRds().getRouteConfigName());
      case ROUTE_CONFIG ->
          new ListenerResource.Inline(RouteTranslator.translate(manager.getRouteConfig()));
      default ->
          throw new InvalidResource(
              "api_listener.route_specifier: "
                  + manager.getRouteSpecifierCase()
                  + " (expected: rds or route_config)");
    };
  }

  /** With a chain for TLS and one without, a port takes both; the chains differ in nothing else. */
  private static ListenerResource server(Listener message) throws InvalidResource {
    boolean tls = false;
    boolean plaintext = false;
    RequestAuthentication tokens = RequestAuthentication.NONE;
    Authorization authorization = Authorization.ALLOW_ALL;
    List<CustomPolicies> external = List.of();
    CorsRules cors = CorsRules.NONE;
    List<RateLimit> limits = List.of();
    List<GlobalPolicy> global = List.of();
    Overload.Rules overload = null;
    if (message.getFilterChainsCount() == 0) {
      throw new InvalidResource("filter_chains: none (expected: at least one)");
    }
    for (FilterChain chain : message.getFilterChainsList()) {
      if (chain.hasTransportSocket()) {
        requireClientCertificate(chain);
        tls = true;
      } else {
        plaintext = true;
      }
      for (Filter filter : chain.getFiltersList()) {
        HttpConnectionManager manager =
            Messages.unpack(
                "filters[" + filter.getName() + "]",
                filter.getTypedConfig(),
                CONNECTION_MANAGER,
                HttpConnectionManager.parser());
        tokens = AuthenticationTranslator.translate(manager.getHttpFiltersList());
        external = ExternalTranslator.translate(manager);
        authorization = RbacTranslator.translate(manager);
        limits = RateLimitTranslator.translate(manager.getHttpFiltersList());
        global = GlobalLimitTranslator.translate(manager, message.getMetadata());
        overload =
            OverloadTranslator.translate(manager.getHttpFiltersList(), message.getMetadata());
        cors = CorsTranslator.rules(manager.getRouteConfig());
      }
    }
    Inbound.TlsMode mode =
        !tls
            ? Inbound.TlsMode.DISABLE
            : plaintext ? Inbound.TlsMode.PERMISSIVE : Inbound.TlsMode.STRICT;
    return new ListenerResource.Server(
        new Inbound.Port(mode, authorization, cors).authenticating(tokens),
        external,
        limits,
        global,
        overload);
  }

  private static void requireClientCertificate(FilterChain chain) throws InvalidResource {
    DownstreamTlsContext tls =
        Messages.unpack(
            "transport_socket",
            chain.getTransportSocket().getTypedConfig(),
            DOWNSTREAM_TLS,
            DownstreamTlsContext.parser());
    if (!tls.getRequireClientCertificate().getValue()) {
      throw new InvalidResource(
          "transport_socket.require_client_certificate: false (expected: true)");
    }
  }
}
