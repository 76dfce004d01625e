package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.cluster.Locality;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.dataplane.identity.PeerName;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.net.InetSocketAddress;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.Map;

/**
 * Where a call goes that the mesh failed to decide, when its library cannot make it by itself any
 * more: to the host that the application wrote, by no rules (Istio's {@code PassthroughCluster}).
 */
final class PassThrough {

  private static final String NAME = "PassthroughCluster";

  private static final int HTTP_PORT = 80;
  private static final int HTTPS_PORT = 443;

  private PassThrough() {}

  static VirtualHost to(OutboundRequest request) {
    Cluster cluster =
        new Cluster(
            NAME, NAME, List.of(endpoint(request)), ClusterPolicy.DEFAULT, new ClusterLoad());
    RouteAction action = new RouteAction.Forward(WeightedClusters.of(cluster), null, List.of());
    return new VirtualHost(
        NAME, List.of(new Route(NAME, RouteMatch.ANY, action, RoutePolicy.DEFAULT)));
  }

  private static Endpoint endpoint(OutboundRequest request) {
    String authority = request.authority();
    boolean https = request.scheme().equals("https");
    int colon = authority.lastIndexOf(':');
    boolean hasPort = colon > authority.lastIndexOf(']');
    String host = hasPort ? authority.substring(0, colon) : authority;
    int port =
        hasPort ? Integer.parseInt(authority.substring(colon + 1)) : https ? HTTPS_PORT : HTTP_PORT;
    // Resolved here, though that takes a while: endpoints are.
    return new Endpoint(
        new InetSocketAddress(host, port),
        null,
        Map.of(),
        1,
        0,
        Locality.NONE,
        1,
        https ? tls(host) : null,
        new Load());
  }

  /** The library's own TLS is behind us already. */
  private static OriginatedTls tls(String host) {
    try {
      return new OriginatedTls(
          List.of(),
          host,
          List.of(new PeerName(PeerName.Kind.DNS, host)),
          /* ownCertificate= */ false);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("the JVM's roots cannot be used", e);
    }
  }
}
