package io.endomesh.xds.ads;

import static io.endomesh.xds.Xds.CLUSTER;
import static io.endomesh.xds.Xds.ENDPOINTS;
import static io.endomesh.xds.Xds.LISTENER;
import static io.endomesh.xds.Xds.ROUTE;
import static io.endomesh.xds.Xds.cluster;
import static io.endomesh.xds.Xds.endpoint;
import static io.endomesh.xds.Xds.endpoints;
import static io.endomesh.xds.Xds.listener;
import static io.endomesh.xds.Xds.locality;
import static io.endomesh.xds.Xds.matchingRegex;
import static io.endomesh.xds.Xds.mirrored;
import static io.endomesh.xds.Xds.removing;
import static io.endomesh.xds.Xds.resource;
import static io.endomesh.xds.Xds.response;
import static io.endomesh.xds.Xds.routes;
import static io.endomesh.xds.Xds.split;
import static io.endomesh.xds.Xds.to;
import static io.envoyproxy.envoy.config.cluster.v3.Cluster.DiscoveryType.STRICT_DNS;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.SlowStart;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.xds.Xds;
import io.endomesh.xds.runtime.ManualSerial;
import io.endomesh.xds.runtime.RecordedLog;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.RoundRobinLbConfig;
import io.envoyproxy.envoy.config.cluster.v3.Cluster.SlowStartConfig;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AdsClientTest {

  private static final String SPIFFE = "spiffe://endomesh.local/ns/default/sa/orders";

  private final List<DeltaDiscoveryRequest> sent = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private final RecordedLog log = new RecordedLog();
  private final ManualSerial serial = new ManualSerial();

  /** Questions that DNS has not answered yet. */
  private final Map<String, Consumer<List<InetAddress>>> dns = new HashMap<>();

  private long nowNanos = 1_000;
  private final AdsClient client = newClient();

  private AdsClient newClient() {
    return new AdsClient(
        Node.newBuilder().setId("shop-1").build(),
        serial,
        log,
        (host, answer) -> dns.put(host, answer),
        () -> nowNanos,
        server -> LimitServer.OPEN,
        server -> (question, timeoutNanos) -> null,
        new AdsClient.Listener() {
          @Override
          public void changed() {}

          @Override
          public void unknown(String authority) {
            unknown.add(authority);
          }
        });
  }

  private void knowOrders() {
    client.connected(sent::add);
    client.subscribe("orders");
    client.received(
        response(LISTENER, "l1", resource(LISTENER, "orders", "1", listener("orders", "r"))));
    client.received(response(ROUTE, "r1", resource(ROUTE, "r", "1", routes("r", to("c1")))));
    client.received(response(CLUSTER, "c1", resource(CLUSTER, "c1", "1", cluster("c1", true))));
    client.received(
        response(
            ENDPOINTS,
            "e1",
            resource(ENDPOINTS, "c1", "1", endpoints("c1", endpoint("10.0.0.1", 8080, SPIFFE)))));
  }

  private List<Cluster> clusters() {
    return client.hosts().get("orders").routes().get(0).clusters();
  }

  private Cluster linked(int index) {
    return clusters().get(index);
  }

  private DeltaDiscoveryRequest last() {
    return sent.get(sent.size() - 1);
  }

  @Test
  void received_listenerToEndpoints_followsTheNamesAndLinksTheHost() {
    knowOrders();
    assertThat(sent.get(0).getNode().getId()).isEqualTo("shop-1");
    assertThat(sent.stream().skip(1)).noneMatch(DeltaDiscoveryRequest::hasNode);
    assertThat(sent.stream().flatMap(r -> r.getResourceNamesSubscribeList().stream()))
        .startsWith(sent.get(0).getResourceNamesSubscribeList().toArray(String[]::new))
        .endsWith("endomesh/inbound/0", "endomesh/outbound", "orders", "r", "c1", "c1")
        .hasSize(8);
    // Whom to trust comes first.
    assertThat(sent.get(0).getResourceNamesSubscribeList())
        .containsExactlyInAnyOrder("endomesh/trail-keys", "ROOTCA");
    Endpoint endpoint = linked(0).endpoints().get(0);
    assertThat(endpoint.address().getPort()).isEqualTo(8080);
    assertThat(endpoint.identity()).isEqualTo(SPIFFE);
    assertThat(last().getResponseNonce()).isEqualTo("e1");
    assertThat(last().hasErrorDetail()).isFalse();
  }

  @Test
  void received_listenerForAnywhereElse_restrictsEgressAndIsNoHost() {
    client.connected(sent::add);
    client.bound(8080);
    assertThat(client.restrictsEgress()).isFalse();
    client.received(
        response(
            LISTENER,
            "l1",
            resource(LISTENER, "endomesh/outbound", "1", listener("endomesh/outbound", "r"))));
    assertThat(client.restrictsEgress()).isTrue();
    assertThat(client.hosts()).isEmpty();

    AdsClient restarted = newClient();
    restarted.restore(client.stored());
    assertThat(restarted.restrictsEgress()).isTrue();
    assertThat(restarted.hosts()).isEmpty();

    client.received(removing(LISTENER, "l2", "endomesh/outbound"));
    assertThat(client.restrictsEgress()).isFalse();
  }

  private void answerDns(String host, String... addresses) throws Exception {
    List<InetAddress> found = new ArrayList<>();
    for (String address : addresses) {
      found.add(InetAddress.getByName(address));
    }
    dns.remove(host).accept(found);
    serial.pass(0);
  }

  private void knowPartner() {
    client.connected(sent::add);
    client.subscribe("orders");
    client.received(
        response(LISTENER, "l1", resource(LISTENER, "orders", "1", listener("orders", "r"))));
    client.received(response(ROUTE, "r1", resource(ROUTE, "r", "1", routes("r", to("c1")))));
    var cluster =
        Xds.cluster("c1", false).toBuilder()
            .setType(STRICT_DNS)
            .setLoadAssignment(
                endpoints(
                    "c1",
                    endpoint("api.partner.example", 443, ""),
                    endpoint("10.0.0.9", 8443, "")));
    client.received(response(CLUSTER, "c1", resource(CLUSTER, "c1", "1", cluster.build())));
  }

  private List<String> addresses() {
    return linked(0).endpoints().stream().map(endpoint -> endpoint.hostAndPort()).toList();
  }

  @Test
  void received_namedEndpoint_isEveryAddressThatDnsHas() throws Exception {
    knowPartner();
    assertThat(client.hosts()).as("before DNS answered").isEmpty();

    answerDns("api.partner.example", "192.0.2.2", "192.0.2.1");

    assertThat(addresses()).containsExactly("192.0.2.1:443", "192.0.2.2:443", "10.0.0.9:8443");
    Cluster before = linked(0);
    serial.pass(NamedEndpoints.REFRESH_NANOS);
    answerDns("api.partner.example", "192.0.2.1", "192.0.2.2");
    assertThat(linked(0)).as("the same in another order").isSameAs(before);
    serial.pass(NamedEndpoints.REFRESH_NANOS);
    answerDns("api.partner.example", "192.0.2.3");
    assertThat(addresses()).containsExactly("192.0.2.3:443", "10.0.0.9:8443");
    serial.pass(NamedEndpoints.REFRESH_NANOS);
    answerDns("api.partner.example");
    assertThat(addresses()).as("while DNS has none").contains("192.0.2.3:443");
  }

  @Test
  void received_namedEndpointThatDnsDoesNotKnow_isNone() throws Exception {
    knowPartner();
    answerDns("api.partner.example");
    assertThat(addresses()).containsExactly("10.0.0.9:8443");
  }

  @Test
  void unsubscribe_lastUserOfAName_asksDnsNoMore() throws Exception {
    knowPartner();
    answerDns("api.partner.example", "192.0.2.1");
    client.unsubscribe("orders");
    serial.pass(NamedEndpoints.REFRESH_NANOS);
    assertThat(dns).isEmpty();
  }

  @Test
  void restore_namedEndpoint_isAskedForAgain() throws Exception {
    knowPartner();
    AdsClient restarted = newClient();
    restarted.restore(client.stored());
    answerDns("api.partner.example", "192.0.2.1");
    assertThat(restarted.hosts()).containsKey("orders");
  }

  @Test
  void received_beforeEndpointsAreKnown_publishesNothingOfTheHost() {
    client.connected(sent::add);
    client.subscribe("orders");
    client.received(
        response(LISTENER, "l1", resource(LISTENER, "orders", "1", listener("orders", "r"))));
    client.received(response(ROUTE, "r1", resource(ROUTE, "r", "1", routes("r", to("c1")))));
    client.received(response(CLUSTER, "c1", resource(CLUSTER, "c1", "1", cluster("c1", true))));
    assertThat(client.hosts()).isEmpty();
  }

  @Test
  void received_clusterThatDoesNotExist_countsAsAnswered() {
    client.connected(sent::add);
    client.subscribe("orders");
    client.received(
        response(LISTENER, "l1", resource(LISTENER, "orders", "1", listener("orders", "r"))));
    client.received(response(ROUTE, "r1", resource(ROUTE, "r", "1", routes("r", to("c1")))));
    client.received(removing(CLUSTER, "c1", "c1"));
    assertThat(linked(0).endpoints()).isEmpty();
  }

  @Test
  void received_clusterThatDoesNotExist_isAnsweredAsTheRouteSays() {
    knowOrders();
    Route nowhere =
        to("not-found|80||x").toBuilder()
            .setRoute(
                RouteAction.newBuilder()
                    .setCluster("not-found|80||x")
                    .setClusterNotFoundResponseCode(
                        RouteAction.ClusterNotFoundResponseCode.INTERNAL_SERVER_ERROR))
            .build();
    client.received(response(ROUTE, "r2", resource(ROUTE, "r", "2", routes("r", nowhere))));
    client.received(removing(CLUSTER, "c2", "not-found|80||x"));

    assertThat(target().absentStatus()).isEqualTo(500);

    client.received(
        response(CLUSTER, "c3", resource(CLUSTER, "not-found|80||x", "1", cluster("x", false))));
    client.received(response(ENDPOINTS, "e2", resource(ENDPOINTS, "x", "1", endpoints("x"))));
    assertThat(target().absentStatus()).isZero();
  }

  private WeightedClusters.Target target() {
    return ((io.endomesh.dataplane.route.RouteAction.Forward)
            client.hosts().get("orders").routes().get(0).action())
        .clusters()
        .targets()
        .get(0);
  }

  @Test
  void received_newRouteToUnknownCluster_keepsTheOldUntilTheNewIsComplete() {
    knowOrders();
    client.received(
        response(ROUTE, "r2", resource(ROUTE, "r", "2", routes("r", split("c1", 9, "c2", 1)))));
    assertThat(clusters()).hasSize(1);
    client.received(response(CLUSTER, "x2", resource(CLUSTER, "c2", "1", cluster("c2", false))));
    assertThat(clusters()).hasSize(1);
    client.received(response(ENDPOINTS, "e2", resource(ENDPOINTS, "c2", "1", endpoints("c2"))));
    assertThat(clusters()).hasSize(2);
  }

  @Test
  void received_endpointsChange_keepsLoadBudgetAndUnchangedClusters() {
    knowOrders();
    Cluster before = linked(0);
    assertThat(linked(0)).isSameAs(before);
    client.received(
        response(
            ENDPOINTS,
            "e2",
            resource(
                ENDPOINTS,
                "c1",
                "2",
                endpoints(
                    "c1",
                    endpoint("10.0.0.1", 8080, SPIFFE),
                    endpoint("10.0.0.2", 8080, SPIFFE)))));
    Cluster after = linked(0);
    assertThat(after.endpoints()).hasSize(2);
    assertThat(after.endpoints().get(0).load()).isSameAs(before.endpoints().get(0).load());
    assertThat(after.load()).isSameAs(before.load());
  }

  @Test
  void received_newRouteWithUnknownMirror_waitsForTheMirrorAndLinksIt() {
    knowOrders();
    client.received(
        response(ROUTE, "r2", resource(ROUTE, "r", "2", routes("r", mirrored("c1", "m")))));
    assertThat(clusters()).hasSize(1);
    assertThat(last().getResourceNamesSubscribeList()).containsExactly("m");
    client.received(response(CLUSTER, "x2", resource(CLUSTER, "m", "1", cluster("m", false))));
    client.received(response(ENDPOINTS, "e2", resource(ENDPOINTS, "m", "1", endpoints("m"))));
    assertThat(clusters()).extracting(Cluster::name).containsExactly("c1", "m");
  }

  @Test
  void received_endpointOfAKnownCluster_startsSlowlyAndTheFirstDoesNot() {
    nowNanos = System.nanoTime();
    client.connected(sent::add);
    client.subscribe("orders");
    client.received(
        response(LISTENER, "l1", resource(LISTENER, "orders", "1", listener("orders", "r"))));
    client.received(response(ROUTE, "r1", resource(ROUTE, "r", "1", routes("r", to("c1")))));
    client.received(response(CLUSTER, "c1", resource(CLUSTER, "c1", "1", slowStarting("c1"))));
    client.received(
        response(
            ENDPOINTS,
            "e1",
            resource(ENDPOINTS, "c1", "1", endpoints("c1", endpoint("10.0.0.1", 8080, "")))));
    assertThat(picks(linked(0))).containsOnlyKeys(1);
    client.received(
        response(
            ENDPOINTS,
            "e2",
            resource(
                ENDPOINTS,
                "c1",
                "2",
                endpoints("c1", endpoint("10.0.0.1", 8080, ""), endpoint("10.0.0.2", 8080, "")))));
    Map<Integer, Integer> picked = picks(linked(0));
    // A tenth of its share at first: 1 of 11 calls, where half would be its full share.
    assertThat(picked.getOrDefault(2, 0)).isLessThan(picked.get(1) / 4);
  }

  private Map<Integer, Integer> picks(Cluster cluster) {
    Map<Integer, Integer> picked = new HashMap<>();
    for (int i = 0; i < 200; i++) {
      Endpoint endpoint = cluster.pick(new Endpoint[0], i, nowNanos);
      int last = endpoint.address().getAddress().getAddress()[3];
      picked.merge(last, 1, Integer::sum);
    }
    return picked;
  }

  @Test
  void received_clusterWithPolicyAndPriorities_linksBoth() {
    knowOrders();
    client.received(response(CLUSTER, "c2", resource(CLUSTER, "c1", "2", slowStarting("c1"))));
    client.received(
        response(
            ENDPOINTS,
            "e2",
            resource(
                ENDPOINTS,
                "c1",
                "2",
                ClusterLoadAssignment.newBuilder()
                    .setClusterName("c1")
                    .addEndpoints(locality(0, endpoint("10.0.0.1", 8080, SPIFFE)))
                    .addEndpoints(locality(5, endpoint("10.0.0.2", 8080, SPIFFE)))
                    .build())));
    assertThat(linked(0).policy().balancing())
        .isEqualTo(new Balancing.RoundRobin(new SlowStart(60_000_000_000L, 1, 10)));
    assertThat(linked(0).endpoints()).extracting(Endpoint::priority).containsExactly(0, 1);
  }

  private static io.envoyproxy.envoy.config.cluster.v3.Cluster slowStarting(String name) {
    return cluster(name, false).toBuilder()
        .setRoundRobinLbConfig(
            RoundRobinLbConfig.newBuilder()
                .setSlowStartConfig(
                    SlowStartConfig.newBuilder()
                        .setSlowStartWindow(Duration.newBuilder().setSeconds(60))))
        .build();
  }

  @Test
  void received_endpointsBecomeEmpty_isApplied() {
    knowOrders();
    client.received(response(ENDPOINTS, "e2", resource(ENDPOINTS, "c1", "2", endpoints("c1"))));
    assertThat(linked(0).endpoints()).isEmpty();
  }

  @Test
  void received_oneBadOfTwo_usesTheGoodAndNamesTheBad() {
    knowOrders();
    client.subscribe("payments");
    client.received(
        response(LISTENER, "l2", resource(LISTENER, "payments", "1", listener("payments", "p"))));
    client.received(
        response(
            ROUTE,
            "r2",
            resource(ROUTE, "r", "2", routes("r", matchingRegex("a(b", "c1"))),
            resource(ROUTE, "p", "1", routes("p", to("c1")))));
    DeltaDiscoveryRequest nack =
        sent.stream().filter(r -> r.getResponseNonce().equals("r2")).findFirst().orElseThrow();
    assertThat(nack.getErrorDetail().getMessage())
        .contains("RouteConfiguration r:", "'a(b'", "keeping version 1")
        .doesNotContain("RouteConfiguration p");
    assertThat(client.hosts()).containsOnlyKeys("orders", "payments");
    assertThat(log.warnings()).singleElement().asString().contains("a(b");
  }

  @Test
  void received_weightsSumToZero_isRefusedAndTheOldSplitStays() {
    knowOrders();
    client.received(
        response(ROUTE, "r2", resource(ROUTE, "r", "2", routes("r", split("c1", 0, "c2", 0)))));
    assertThat(last().getErrorDetail().getMessage()).contains("sum of weights 0 (expected: 1 to");
    assertThat(linked(0).endpoints()).hasSize(1);
  }

  @Test
  void received_truncatedResource_isRefusedAndTheOldOneStays() {
    knowOrders();
    ByteString whole = endpoints("c1", endpoint("10.0.0.9", 8080, SPIFFE)).toByteString();
    client.received(
        response(
            ENDPOINTS,
            "e2",
            Resource.newBuilder()
                .setName("c1")
                .setVersion("2")
                .setResource(Xds.any(ENDPOINTS, whole.substring(0, whole.size() - 3)))
                .build()));
    assertThat(last().getErrorDetail().getMessage())
        .contains("ClusterLoadAssignment c1", "cannot be read", "keeping version 1");
    assertThat(linked(0).endpoints().get(0).address().getHostString()).isEqualTo("10.0.0.1");
  }

  @Test
  void received_sameNonceTwice_isAnsweredOnce() {
    knowOrders();
    int before = sent.size();
    client.received(response(ENDPOINTS, "e1", resource(ENDPOINTS, "c1", "9", endpoints("c1"))));
    assertThat(sent).hasSize(before);
    assertThat(linked(0).endpoints()).hasSize(1);
  }

  @Test
  void received_listenerRemoved_takesTheHostOutAndBringsItBackLater() {
    knowOrders();
    client.received(removing(LISTENER, "l2", "orders"));
    assertThat(client.hosts()).isEmpty();
    assertThat(unknown).containsExactly("orders");
    client.received(
        response(LISTENER, "l3", resource(LISTENER, "orders", "2", listener("orders", "r"))));
    assertThat(last().getResourceNamesSubscribeList()).containsExactly("r");
  }

  @Test
  void connected_again_sendsTheVersionsInUseAndEveryName() {
    knowOrders();
    client.disconnected();
    client.subscribe("late");
    sent.clear();
    client.connected(sent::add);
    // Whom to trust comes first.
    assertThat(sent.get(0).getResourceNamesSubscribeList()).contains("ROOTCA");
    assertThat(sent.get(0).getNode().getId()).isEqualTo("shop-1");
    DeltaDiscoveryRequest listeners = sent.get(1);
    assertThat(listeners.getResourceNamesSubscribeList()).contains("orders", "late");
    assertThat(listeners.getInitialResourceVersionsMap())
        .containsOnlyKeys("orders")
        .containsEntry("orders", "1");
    assertThat(sent).hasSize(5).noneMatch(request -> !request.getResponseNonce().isEmpty());
  }

  @Test
  void connected_withoutRoutes_neverAsksForAllOfAType() {
    client.connected(sent::add);
    assertThat(sent)
        .hasSize(2)
        .allSatisfy(r -> assertThat(r.getResourceNamesSubscribeList()).isNotEmpty());
  }

  @Test
  void restore_storedResources_linksTheSameHostWithoutConnection() {
    knowOrders();
    AdsClient other = newClient();
    other.restore(client.stored());
    assertThat(other.hosts()).containsOnlyKeys("orders");
  }

  @Test
  void unsubscribe_host_dropsEverythingOnlyItNeeded() {
    knowOrders();
    client.unsubscribe("orders");
    assertThat(client.hosts()).isEmpty();
    assertThat(client.stored()).isEmpty();
    assertThat(sent.stream().flatMap(r -> r.getResourceNamesUnsubscribeList().stream()))
        .contains("orders", "r", "c1");
  }
}
