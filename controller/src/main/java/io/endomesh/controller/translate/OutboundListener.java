package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.Sidecar;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.core.v3.DataSource;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import org.jspecify.annotations.Nullable;

/** The API listener of an authority: from what an application wrote to a route table. Stateless. */
final class OutboundListener {

  /** The last of the HTTP filters, as xDS demands (gRFC A39). */
  static final HttpFilter ROUTER =
      HttpFilter.newBuilder()
          .setName("envoy.filters.http.router")
          .setTypedConfig(Any.pack(Router.getDefaultInstance()))
          .build();

  static final ConfigSource ADS =
      ConfigSource.newBuilder()
          .setAds(AggregatedConfigSource.getDefaultInstance())
          .setResourceApiVersion(ApiVersion.V3)
          .build();

  /** By this name agents ask whether they may call what the mesh does not know. */
  static final String ANYWHERE_ELSE = "endomesh/outbound";

  /** As Envoy answers for Istio's {@code BlackHoleCluster}. */
  private static final int BLOCKED = 502;

  private static final RouteMatch ANY = RouteMatch.newBuilder().setPrefix("/").build();

  /** It may be mended at any time. */
  private static final int STOPPED = 503;

  private OutboundListener() {}

  /**
   * Null if an application goes there by itself: the mesh does not know the authority, or only that
   * it may be called.
   */
  static @Nullable Listener of(MeshModel model, String authority, Scope scope) {
    return of(model, authority, scope, Narrowing.none(model));
  }

  /**
   * @param narrowing what its reader is kept out of
   */
  static @Nullable Listener of(
      MeshModel model, String authority, Scope scope, Narrowing narrowing) {
    Sidecar sidecar = model.sidecars().of(scope);
    if (sidecar != null && !Registry.holds(model, sidecar, authority, scope.namespace())) {
      return blocked(sidecar, authority, scope);
    }
    Unreadable stopping = stopping(model, authority, scope);
    if (stopping != null) {
      return stopped(stopping, authority, scope);
    }
    Destination destination = Destination.ofAuthority(model, authority, scope.namespace());
    if (destination == null) {
      return null;
    }
    String policy =
        narrowing.isEmpty()
            ? null
            : narrowing.ofAll(RouteTable.of(model, destination.routeName(), scope));
    if (policy != null) {
      return scope.dialect() == Scope.Dialect.GRPC
          ? null
          : refusing(authority, destination, policy);
    }
    return listener(
        authority,
        HttpConnectionManager.newBuilder()
            .setStatPrefix(destination.routeName())
            .setRds(
                Rds.newBuilder().setConfigSource(ADS).setRouteConfigName(destination.routeName())));
  }

  /**
   * There while something may not be called: agents then ask for addresses as they do for names.
   * Null while a workload may call anything.
   */
  static @Nullable Listener anywhereElse(MeshModel model, Scope scope) {
    Sidecar sidecar = model.sidecars().of(scope);
    return sidecar == null ? null : blocked(sidecar, ANYWHERE_ELSE, scope);
  }

  /**
   * As Istio's {@code block_all}: every request is answered with 502. Null where nothing is
   * blocked; gRPC's own clients call nothing that they get no listener for.
   */
  private static @Nullable Listener blocked(Sidecar sidecar, String authority, Scope scope) {
    if (sidecar.mode() != Sidecar.Mode.REGISTRY_ONLY || scope.dialect() == Scope.Dialect.GRPC) {
      return null;
    }
    String name = "Sidecar/" + sidecar.metadata().namespace() + "/" + sidecar.metadata().name();
    return answering(
        authority,
        name,
        BLOCKED,
        authority
            + " may not be called: "
            + name
            + " is REGISTRY_ONLY, and lets no service or ServiceEntry of that host be called");
  }

  /** What says how the authority is called, and cannot be read; null if all can. */
  private static @Nullable Unreadable stopping(MeshModel model, String authority, Scope scope) {
    for (Unreadable unreadable : model.unreadable()) {
      if (unreadable.hosts().isEmpty()) {
        continue;
      }
      String host = Destination.hostOf(authority);
      ServiceEntry entry = model.serviceEntry(host);
      ServiceKey service = entry == null ? ServiceKey.ofHost(host, scope.namespace()) : null;
      if (entry != null && unreadable.stops(entry, host)
          || service != null && unreadable.stops(service)) {
        return unreadable;
      }
    }
    return null;
  }

  /** Better not at all than without the TLS or the grants that nobody can read. */
  private static @Nullable Listener stopped(Unreadable why, String authority, Scope scope) {
    return scope.dialect() == Scope.Dialect.GRPC
        ? null
        : answering(
            authority,
            why.name(),
            STOPPED,
            authority + " is not called: " + why.name() + " cannot be read by the controller");
  }

  /** All that the reader is told of what it may not call: its name, for telemetry. */
  private static Listener refusing(String authority, Destination destination, String policy) {
    return answering(
        authority,
        Destination.hostOf(destination.routeName()),
        policy,
        Narrowing.refusing(Route.newBuilder().setName(policy).setMatch(ANY), policy));
  }

  /** Every request is answered, and nothing is sent. */
  private static Listener answering(String authority, String name, int status, String body) {
    return answering(
        authority,
        authority,
        name,
        Route.newBuilder()
            .setName(name)
            .setMatch(ANY)
            .setDirectResponse(
                DirectResponseAction.newBuilder()
                    .setStatus(status)
                    .setBody(DataSource.newBuilder().setInlineString(body)))
            .build());
  }

  private static Listener answering(String authority, String host, String name, Route route) {
    return listener(
        authority,
        HttpConnectionManager.newBuilder()
            .setStatPrefix(name)
            .setRouteConfig(
                RouteConfiguration.newBuilder()
                    .setName(name)
                    .addVirtualHosts(
                        VirtualHost.newBuilder().setName(host).addDomains("*").addRoutes(route))));
  }

  private static Listener listener(String authority, HttpConnectionManager.Builder manager) {
    return Listener.newBuilder()
        .setName(authority)
        .setApiListener(
            ApiListener.newBuilder()
                .setApiListener(Any.pack(manager.addHttpFilters(ROUTER).build())))
        .build();
  }
}
