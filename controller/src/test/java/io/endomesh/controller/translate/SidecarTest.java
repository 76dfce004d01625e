package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.DirectResponseAction;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SidecarTest {

  private enum Answer {
    /** The mesh leads the call. */
    ROUTED,
    /** The application goes by itself. */
    PASSES,
    BLOCKED
  }

  private final Models mesh = new Models().workload("orders", "orders-1", "v1", 8080);

  @BeforeEach
  void applyEntries() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: partner, namespace: shop}
        spec:
          hosts: [api.partner.example]
          addresses: [192.0.2.7]
          ports: [{number: 443, protocol: HTTPS}]
          resolution: DNS
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: db, namespace: data}
        spec:
          hosts: [ledger-db]
          ports: [{number: 5432, protocol: TCP}]
          resolution: STATIC
          endpoints: [{address: 192.0.2.8}]
        """);
  }

  @Test
  void listener_noSidecar_letsCallAnything() throws Exception {
    assertThat(ask("example.com", Models.AGENT)).isEqualTo(Answer.PASSES);
    assertThat(ask("10.9.9.9:80", Models.AGENT)).isEqualTo(Answer.PASSES);
    assertThat(OutboundListener.anywhereElse(mesh.model(), Models.AGENT)).isNull();
  }

  @ParameterizedTest
  @CsvSource({
    "orders, ROUTED",
    "orders.shop:8080, ROUTED",
    "ledger-db:5432, ROUTED",
    "api.partner.example, PASSES",
    "api.partner.example:443, PASSES",
    "192.0.2.7:443, PASSES",
    "192.0.2.7:80, BLOCKED",
    "192.0.2.8:5432, PASSES",
    "10.0.0.1:8080, PASSES",
    "10.0.0.1:9090, BLOCKED",
    "'[2001:db8::1]:80', BLOCKED",
    "2001:db8::1, BLOCKED",
    "example.com, BLOCKED",
    "nobody, BLOCKED",
  })
  void listener_registryOnly_letsCallWhatIsKnown(String authority, Answer answer) throws Exception {
    sidecar("default", "shop", "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}");
    assertThat(ask(authority, Models.AGENT)).isEqualTo(answer);
    assertThat(OutboundListener.anywhereElse(mesh.model(), Models.AGENT)).isNotNull();
  }

  @Test
  void listener_blocked_answers502NamingHostAndSidecar() throws Exception {
    sidecar("default", "shop", "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}");
    Route route = block("example.com", Models.AGENT);
    DirectResponseAction answer = route.getDirectResponse();
    assertThat(route.getName()).isEqualTo("Sidecar/shop/default");
    assertThat(answer.getStatus()).isEqualTo(502);
    assertThat(answer.getBody().getInlineString())
        .isEqualTo(
            "example.com may not be called: Sidecar/shop/default is REGISTRY_ONLY, and lets no"
                + " service or ServiceEntry of that host be called");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "./* | ROUTED | BLOCKED | PASSES",
        "*/* | ROUTED | ROUTED | PASSES",
        "data/* | BLOCKED | ROUTED | BLOCKED",
        "data/ledger-db | BLOCKED | ROUTED | BLOCKED",
        "*/*.partner.example | BLOCKED | BLOCKED | PASSES",
        "shop/orders | ROUTED | BLOCKED | BLOCKED",
        "./orders.shop.svc.cluster.local | ROUTED | BLOCKED | BLOCKED",
        "~/* | BLOCKED | BLOCKED | BLOCKED",
      })
  void listener_egressHosts_areAllThatIsKnown(
      String hosts, Answer orders, Answer database, Answer partner) throws Exception {
    sidecar(
        "default",
        "shop",
        "{egress: [{hosts: ['" + hosts + "']}], outboundTrafficPolicy: {mode: REGISTRY_ONLY}}");
    assertThat(ask("orders", Models.AGENT)).isEqualTo(orders);
    assertThat(ask("ledger-db:5432", Models.AGENT)).isEqualTo(database);
    assertThat(ask("api.partner.example", Models.AGENT)).isEqualTo(partner);
  }

  @Test
  void listener_outOfScopeButAllowAny_isLeftToTheApplication() throws Exception {
    sidecar("default", "shop", "{egress: [{hosts: [data/*]}]}");
    assertThat(ask("orders", Models.AGENT)).isEqualTo(Answer.PASSES);
    assertThat(ask("orders", Models.GRPC)).isEqualTo(Answer.PASSES);
    assertThat(ask("ledger-db", Models.AGENT)).isEqualTo(Answer.ROUTED);
  }

  @Test
  void listener_narrowestSidecar_isInForceWhole() throws Exception {
    Scope checkout = new Scope("shop", Map.of("app", "checkout"), Scope.Dialect.AGENT);
    Scope finance = new Scope("finance", Map.of(), Scope.Dialect.AGENT);
    sidecar("all", "endomesh-system", "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}");
    sidecar("shop", "shop", "{}");
    sidecar(
        "checkout",
        "shop",
        "{workloadSelector: {labels: {app: checkout}}, outboundTrafficPolicy: {mode:"
            + " REGISTRY_ONLY}}");

    assertThat(ask("example.com", Models.AGENT)).isEqualTo(Answer.PASSES);
    assertThat(block("example.com", checkout).getName()).isEqualTo("Sidecar/shop/checkout");
    assertThat(block("example.com", finance).getName()).isEqualTo("Sidecar/endomesh-system/all");
  }

  @Test
  void view_workloadsUnderDifferentSidecars_getDifferentAnswers() throws Exception {
    sidecar(
        "checkout",
        "shop",
        "{workloadSelector: {labels: {app: checkout}}, outboundTrafficPolicy: {mode:"
            + " REGISTRY_ONLY}}");
    XdsView view = new XdsView(mesh.model());
    Scope checkout = new Scope("shop", Map.of("app", "checkout"), Scope.Dialect.AGENT);
    for (String name : new String[] {"example.com", "endomesh/outbound"}) {
      assertThat(view.resource(ResourceType.LISTENER, name, Models.AGENT)).isNull();
      assertThat(view.resource(ResourceType.LISTENER, name, checkout)).isNotNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"example.com", "10.9.9.9:80"})
  void listener_grpcClientOfItsOwn_getsNoneAndSoCallsNobody(String authority) throws Exception {
    sidecar("default", "shop", "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}");
    assertThat(OutboundListener.of(mesh.model(), authority, Models.GRPC)).isNull();
  }

  @Test
  void conditions_secondForTheSame_isConflictedAndNamesTheFirst() throws Exception {
    sidecar("first", "shop", "{}");
    sidecar("second", "shop", "{outboundTrafficPolicy: {mode: REGISTRY_ONLY}}");
    MeshModel model = mesh.model();
    assertThat(ask("example.com", Models.AGENT)).isEqualTo(Answer.PASSES);
    assertThat(OwnershipConditions.of(model.catalog().sidecars().get(0), model))
        .containsExactly(new RouteConditions.Condition("Accepted", true, "Accepted", ""));
    assertThat(OwnershipConditions.of(model.catalog().sidecars().get(1), model))
        .containsExactly(
            new RouteConditions.Condition(
                "Accepted",
                false,
                "Conflicted",
                "workloadSelector: older Sidecar shop/first is for the same workloads (expected:"
                    + " one); this one has no effect"));
  }

  @Test
  void conditions_hostOfAnOlderEntry_isConflicted() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: taken, namespace: finance}
        spec: {hosts: [api.partner.example], ports: [{number: 443}]}
        """);
    MeshModel model = mesh.model();
    assertThat(OwnershipConditions.of(model.catalog().serviceEntries().get(2), model))
        .extracting(RouteConditions.Condition::message)
        .containsExactly(
            "hosts: an older ServiceEntry has api.partner.example (shop/partner) (expected: one for"
                + " each host); this one has no effect there");
  }

  private void sidecar(String name, String namespace, String spec) throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: Sidecar
        metadata: {name: %s, namespace: %s}
        spec: %s
        """
            .formatted(name, namespace, spec));
  }

  private Answer ask(String authority, Scope scope) throws InvalidProtocolBufferException {
    Listener listener = OutboundListener.of(mesh.model(), authority, scope);
    if (listener == null) {
      return Answer.PASSES;
    }
    return manager(listener).hasRds() ? Answer.ROUTED : Answer.BLOCKED;
  }

  private Route block(String authority, Scope scope) throws InvalidProtocolBufferException {
    Listener listener = OutboundListener.of(mesh.model(), authority, scope);
    assertThat(listener).isNotNull();
    return manager(listener).getRouteConfig().getVirtualHosts(0).getRoutes(0);
  }

  private static HttpConnectionManager manager(Listener listener)
      throws InvalidProtocolBufferException {
    return listener.getApiListener().getApiListener().unpack(HttpConnectionManager.class);
  }
}
