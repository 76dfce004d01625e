package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Small configurations in one line each. */
public final class TestMesh {

  public static final Workload WORKLOAD = new Workload("web", "shop", "web-1", Map.of());

  private TestMesh() {}

  public static Endpoint endpoint(int port) {
    return endpoint(port, null);
  }

  public static Endpoint endpoint(int port, @Nullable String identity) {
    return new Endpoint(
        new InetSocketAddress("127.0.0.1", port), identity, Map.of(), 1, new Load());
  }

  public static Cluster cluster(String name, Endpoint... endpoints) {
    return cluster(name, ClusterPolicy.DEFAULT, endpoints);
  }

  public static Cluster cluster(String name, ClusterPolicy policy, Endpoint... endpoints) {
    return new Cluster(name, name, Arrays.asList(endpoints), policy, new ClusterLoad());
  }

  public static Route route(Cluster cluster) {
    return route(cluster, RetryPolicy.SAFE, Duration.ZERO);
  }

  public static Route route(Cluster cluster, RetryPolicy retry, Duration timeout) {
    return route(cluster, RoutePolicy.of(timeout.toNanos(), 0, retry));
  }

  public static Route route(Cluster cluster, RoutePolicy policy) {
    return Route.to(
        "HTTPRoute/shop/orders rule 0", RouteMatch.ANY, WeightedClusters.of(cluster), policy);
  }

  /** Retries these HTTP statuses, at once. */
  public static RetryPolicy retrying(int retries, Integer... statuses) {
    return new RetryPolicy(retries, Set.of(statuses), Set.of(14), false, 0, 0);
  }

  public static Snapshot snapshot(@Nullable Identity identity, String authority, Route... routes) {
    return new Snapshot(
        1, Map.of(authority, new VirtualHost(authority, List.of(routes))), Inbound.OPEN, identity);
  }
}
