package io.endomesh.controller.translate;

import com.google.protobuf.Any;
import io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.envoyproxy.envoy.config.core.v3.ApiVersion;
import io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
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

  private OutboundListener() {}

  /** Null if the mesh does not know the authority. */
  static @Nullable Listener of(MeshModel model, String authority, Scope scope) {
    Destination destination = Destination.ofAuthority(model, authority, scope.namespace());
    if (destination == null) {
      return null;
    }
    HttpConnectionManager manager =
        HttpConnectionManager.newBuilder()
            .setStatPrefix(destination.routeName())
            .setRds(
                Rds.newBuilder().setConfigSource(ADS).setRouteConfigName(destination.routeName()))
            .addHttpFilters(ROUTER)
            .build();
    return Listener.newBuilder()
        .setName(authority)
        .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(manager)))
        .build();
  }
}
