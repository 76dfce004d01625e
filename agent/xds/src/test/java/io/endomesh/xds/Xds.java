package io.endomesh.xds;

import com.google.protobuf.Any;
import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Struct;
import com.google.protobuf.UInt32Value;
import com.google.protobuf.Value;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.Address;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.HeaderValueOption;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.envoyproxy.envoy.config.core.v3.TransportSocket;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.envoyproxy.envoy.config.route.v3.WeightedCluster;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.Rds;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.envoyproxy.envoy.type.matcher.v3.RegexMatcher;

/** Resources as the controller sends them. */
public final class Xds {

  public static final String SECRET = "envoy.extensions.transport_sockets.tls.v3.Secret";
  public static final String LISTENER = "envoy.config.listener.v3.Listener";
  public static final String ROUTE = "envoy.config.route.v3.RouteConfiguration";
  public static final String CLUSTER = "envoy.config.cluster.v3.Cluster";
  public static final String ENDPOINTS = "envoy.config.endpoint.v3.ClusterLoadAssignment";
  private static final String MANAGER =
      "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";

  private Xds() {}

  public static Any any(String type, MessageLite message) {
    return any(type, message.toByteString());
  }

  public static Any any(String type, ByteString value) {
    return Any.newBuilder().setTypeUrl("type.googleapis.com/" + type).setValue(value).build();
  }

  public static Resource resource(String type, String name, String version, MessageLite message) {
    return Resource.newBuilder()
        .setName(name)
        .setVersion(version)
        .setResource(any(type, message))
        .build();
  }

  public static DeltaDiscoveryResponse response(String type, String nonce, Resource... resources) {
    return removing(type, nonce).toBuilder().addAllResources(java.util.List.of(resources)).build();
  }

  public static DeltaDiscoveryResponse removing(String type, String nonce, String... names) {
    return DeltaDiscoveryResponse.newBuilder()
        .setTypeUrl("type.googleapis.com/" + type)
        .setNonce(nonce)
        .addAllRemovedResources(java.util.List.of(names))
        .build();
  }

  public static Listener listener(String name, String route) {
    return Listener.newBuilder()
        .setName(name)
        .setApiListener(
            ApiListener.newBuilder()
                .setApiListener(
                    any(
                        MANAGER,
                        HttpConnectionManager.newBuilder()
                            .setRds(Rds.newBuilder().setRouteConfigName(route))
                            .build())))
        .build();
  }

  public static RouteConfiguration routes(String name, Route... routes) {
    return RouteConfiguration.newBuilder()
        .setName(name)
        .addVirtualHosts(
            VirtualHost.newBuilder()
                .setName(name)
                .addDomains("*")
                .addAllRoutes(java.util.List.of(routes)))
        .build();
  }

  public static Route to(String cluster) {
    return Route.newBuilder()
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setRoute(RouteAction.newBuilder().setCluster(cluster))
        .build();
  }

  public static Route matchingRegex(String regex, String cluster) {
    return to(cluster).toBuilder()
        .setMatch(RouteMatch.newBuilder().setSafeRegex(RegexMatcher.newBuilder().setRegex(regex)))
        .build();
  }

  public static Route split(String first, int firstWeight, String second, int secondWeight) {
    return Route.newBuilder()
        .setMatch(RouteMatch.newBuilder().setPrefix("/"))
        .setRoute(
            RouteAction.newBuilder()
                .setWeightedClusters(
                    WeightedCluster.newBuilder()
                        .addClusters(weight(first, firstWeight))
                        .addClusters(weight(second, secondWeight))))
        .build();
  }

  private static WeightedCluster.ClusterWeight weight(String cluster, int weight) {
    return WeightedCluster.ClusterWeight.newBuilder()
        .setName(cluster)
        .setWeight(UInt32Value.of(weight))
        .build();
  }

  public static Cluster cluster(String name, boolean tls) {
    Cluster.Builder cluster = Cluster.newBuilder().setName(name).setType(Cluster.DiscoveryType.EDS);
    if (tls) {
      cluster.setTransportSocket(
          TransportSocket.newBuilder()
              .setTypedConfig(
                  any(
                      "envoy.extensions.transport_sockets.tls.v3.UpstreamTlsContext",
                      UpstreamTlsContext.getDefaultInstance())));
    }
    return cluster.build();
  }

  public static ClusterLoadAssignment endpoints(String name, LbEndpoint... endpoints) {
    return ClusterLoadAssignment.newBuilder()
        .setClusterName(name)
        .addEndpoints(
            LocalityLbEndpoints.newBuilder().addAllLbEndpoints(java.util.List.of(endpoints)))
        .build();
  }

  public static LocalityLbEndpoints locality(int priority, LbEndpoint... endpoints) {
    return LocalityLbEndpoints.newBuilder()
        .setPriority(priority)
        .addAllLbEndpoints(java.util.List.of(endpoints))
        .build();
  }

  public static Route mirrored(String cluster, String mirror) {
    Route route = to(cluster);
    return route.toBuilder()
        .setRoute(
            route.getRoute().toBuilder()
                .addRequestMirrorPolicies(
                    RouteAction.RequestMirrorPolicy.newBuilder().setCluster(mirror)))
        .build();
  }

  public static HeaderValueOption append(String name, String value) {
    return HeaderValueOption.newBuilder()
        .setHeader(HeaderValue.newBuilder().setKey(name).setValue(value))
        .build();
  }

  public static HeaderValueOption overwrite(String name, String value) {
    return append(name, value).toBuilder()
        .setAppendAction(HeaderValueOption.HeaderAppendAction.OVERWRITE_IF_EXISTS_OR_ADD)
        .build();
  }

  public static LbEndpoint endpoint(String address, int port, String identity) {
    return LbEndpoint.newBuilder()
        .setEndpoint(
            Endpoint.newBuilder()
                .setAddress(
                    Address.newBuilder()
                        .setSocketAddress(
                            SocketAddress.newBuilder().setAddress(address).setPortValue(port))))
        .setMetadata(
            Metadata.newBuilder()
                .putFilterMetadata(
                    "endomesh",
                    Struct.newBuilder()
                        .putFields("identity", Value.newBuilder().setStringValue(identity).build())
                        .build()))
        .build();
  }
}
