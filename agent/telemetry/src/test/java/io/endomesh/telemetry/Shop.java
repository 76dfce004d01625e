package io.endomesh.telemetry;

import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.InboundRequest;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.OutboundRequest;
import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.DryRun;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Hedging;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.Load;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.external.ExternalAuthorization;
import io.endomesh.dataplane.external.Provider;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.route.RetryPolicy;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteMatch;
import io.endomesh.dataplane.route.RoutePolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import java.net.InetSocketAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A small mesh for tests: this JVM is {@code storefront}, and there is {@code orders}, and {@code
 * stock} whose calls are hedged.
 */
final class Shop {

  static final Workload STOREFRONT = new Workload("storefront", "shop", "storefront-1", Map.of());
  static final String PAYMENTS_POLICY = "AuthorizationPolicy/finance/only-orders";
  static final int OPEN_PORT = 8080;
  static final int REFUSING_PORT = 8081;
  static final int DRY_RUN_PORT = 8082;
  static final int UNANSWERED_PORT = 8083;

  private Shop() {}

  static Mesh mesh(CallObserver observer) {
    Cluster orders =
        new Cluster(
            "outbound|8080||orders.shop",
            "orders.shop",
            List.of(
                new Endpoint(
                    new InetSocketAddress("127.0.0.1", 9000), null, Map.of(), 1, new Load())),
            ClusterPolicy.DEFAULT,
            new ClusterLoad());
    Cluster stock =
        new Cluster(
            "outbound|8080||stock.shop",
            "stock.shop",
            List.of(
                new Endpoint(
                    new InetSocketAddress("127.0.0.1", 9001), null, Map.of(), 1, new Load()),
                new Endpoint(
                    new InetSocketAddress("127.0.0.1", 9002), null, Map.of(), 1, new Load())),
            hedged(),
            new ClusterLoad());
    Cluster nowhere =
        new Cluster(
            "outbound|80||nowhere.shop",
            "nowhere.shop",
            List.of(),
            ClusterPolicy.DEFAULT,
            new ClusterLoad());
    Authorization refuseAll =
        new Authorization(List.of(), List.of(new Policy(PAYMENTS_POLICY, List.of())));
    Mesh mesh = new Mesh(STOREFRONT);
    mesh.observer(observer);
    mesh.publish(
        new Snapshot(
            1,
            Map.of(
                "orders:8080",
                host("orders.shop", orders),
                "stock:8080",
                host("stock.shop", stock),
                "nowhere",
                host("nowhere.shop", nowhere)),
            new Inbound(
                Map.of(
                    REFUSING_PORT,
                    new Inbound.Port(Inbound.TlsMode.DISABLE, refuseAll),
                    DRY_RUN_PORT,
                    new Inbound.Port(Inbound.TlsMode.DISABLE, dryRun()),
                    UNANSWERED_PORT,
                    new Inbound.Port(Inbound.TlsMode.DISABLE, Authorization.ALLOW_ALL)
                        .asking(unanswered())),
                new Inbound.Port(Inbound.TlsMode.DISABLE, Authorization.ALLOW_ALL)),
            null));
    return mesh;
  }

  /** Somebody is asked who never answers, and lets everything through. */
  private static ExternalAuthorization unanswered() {
    Provider silent =
        new Provider(
            "ExtAuthzProvider/finance/opa",
            new GlobalPolicy.Server("opa", "opa.infra:9191"),
            1_000_000,
            /* failOpen= */ true,
            403,
            null);
    return new ExternalAuthorization(
        List.of(
            new ExternalAuthorization.Asked(
                new CustomPolicies(silent, List.of(of("AuthorizationPolicy/finance/ask", "GET"))),
                (question, timeoutNanos) -> null)));
  }

  /** Who pays is told; who deletes as well, by a policy that would refuse it. */
  private static Authorization dryRun() {
    return new Authorization(
        List.of(),
        List.of(),
        new DryRun(
            List.of(of("AuthorizationPolicy/finance/no-deletes", "DELETE")),
            List.of(),
            List.of(of("AuthorizationPolicy/finance/audit", "POST"))));
  }

  private static Policy of(String name, String method) {
    Condition condition = new Condition.Header(":method", new StringMatch.Exact(method));
    return new Policy(name, List.of(new Policy.Rule(Condition.ANY, condition)));
  }

  private static ClusterPolicy hedged() {
    return new ClusterPolicy(
        null,
        Balancing.DEFAULT,
        Limits.DEFAULT,
        null,
        ClusterPolicy.DEFAULT_PANIC_PERCENT,
        /* localityWeighted= */ false,
        null,
        new Hedging("ResiliencePolicy/shop/stock", 50_000_000, 2));
  }

  private static VirtualHost host(String name, Cluster cluster) {
    RetryPolicy retry = new RetryPolicy(2, Set.of(503), Set.of(14), false, 0, 0);
    return new VirtualHost(
        name,
        List.of(
            Route.to(
                "HTTPRoute/shop/x rule 0",
                RouteMatch.ANY,
                WeightedClusters.of(cluster),
                RoutePolicy.of(0, 0, retry))));
  }

  /** A request as a library would hold it. */
  static final class Message implements InboundRequest, OutboundRequest {
    final Map<String, String> headers = new HashMap<>();
    private final Map<String, String> written = new HashMap<>();
    private final Protocol protocol;
    private final String authority;
    private final String method;
    private final String path;
    private final int localPort;
    private @Nullable String identity;

    private Message(
        Protocol protocol, String authority, String method, String path, int localPort) {
      this.protocol = protocol;
      this.authority = authority;
      this.method = method;
      this.path = path;
      this.localPort = localPort;
    }

    static Message http(String authority, String method, String path) {
      return new Message(Protocol.HTTP, authority, method, path, OPEN_PORT);
    }

    static Message grpc(String authority, String path) {
      return new Message(Protocol.GRPC, authority, "POST", path, OPEN_PORT);
    }

    static Message tcp(String authority) {
      return new Message(Protocol.TCP, authority, "CONNECT", "/", OPEN_PORT);
    }

    static Message arrivedAt(int port, String method, String path) {
      return new Message(Protocol.HTTP, "orders:8080", method, path, port);
    }

    Message from(String spiffeId) {
      identity = spiffeId;
      return this;
    }

    Message with(String name, String value) {
      written.put(name, value);
      headers.put(name, value);
      return this;
    }

    @Override
    public Protocol protocol() {
      return protocol;
    }

    @Override
    public String authority() {
      return authority;
    }

    @Override
    public String method() {
      return method;
    }

    @Override
    public String path() {
      return path;
    }

    @Override
    public @Nullable String header(String name) {
      return headers.get(name);
    }

    @Override
    public Iterable<String> headerNames() {
      return List.copyOf(headers.keySet());
    }

    @Override
    public void setHeader(String name, String value) {
      headers.put(name, value);
    }

    @Override
    public void addHeader(String name, String value) {
      headers.merge(name, value, (before, more) -> before + "," + more);
    }

    @Override
    public void removeHeader(String name) {
      headers.remove(name);
    }

    @Override
    public void restore() {
      headers.clear();
      headers.putAll(written);
    }

    @Override
    public void rewriteTarget(String target) {
      throw new AssertionError("no route of the shop rewrites");
    }

    @Override
    public void rewriteAuthority(String authority) {
      throw new AssertionError("no route of the shop rewrites");
    }

    @Override
    public boolean replayable() {
      return true;
    }

    @Override
    public List<String> peerIdentities() {
      return identity == null ? List.of() : List.of(identity);
    }

    @Override
    public String remoteAddress() {
      return "10.0.0.7";
    }

    @Override
    public int localPort() {
      return localPort;
    }
  }
}
