package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.translate.Scope.Dialect;
import io.endomesh.controller.translate.Scope.Reader;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.RouteAction;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.dataplane.route.WeightedClusters;
import io.endomesh.xds.ads.Preview;
import io.endomesh.xds.ads.StoredResource;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a workload is told of services that let none of its calls in. */
class ReachTest {

  private static final String STOREFRONT = "spiffe://endomesh.local/ns/shop/sa/storefront";
  private static final String GUEST = "spiffe://endomesh.local/ns/guests/sa/guest";
  private static final String POLICY = "AuthorizationPolicy/shop/x";

  private final Models mesh =
      new Models().workload("orders", "o1", "v1", 8080).workload("billing", "b1", "v1", 9090);

  private void policy(String spec) throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: x, namespace: shop}
        spec: %s
        """
            .formatted(spec));
  }

  private void mode(String mode) throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: mode, namespace: shop}
        spec: {mtls: {mode: %s}}
        """
            .formatted(mode));
  }

  private static Scope scope(@Nullable String identity, Dialect dialect) {
    return new Scope("shop", Map.of(), dialect, Reader.proving(identity));
  }

  private @Nullable String refusing(@Nullable String caller) {
    MeshModel model = mesh.model();
    return new Reach(model)
        .refusing(Objects.requireNonNull(model.service(new ServiceKey("shop", "orders"))), caller);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "nobody",
      value = {
        // Of a caller alone: it is known.
        "STRICT|{rules: [{from: [{source: {namespaces: [shop]}}]}]}|true|false|false",
        "STRICT|{action: DENY, rules: [{from: [{source: {namespaces:"
            + " [guests]}}]}]}|true|false|false",
        "STRICT|{rules: []}|false|false|false",
        "STRICT|{action: DENY, rules: [{}]}|false|false|false",
        "STRICT|{rules: [{from: [{source: {notNamespaces: [guests]}}]}]}|true|false|false",
        "STRICT|{rules: [{when: [{key: source.principal, values:"
            + " ['endomesh.local/ns/shop/*']}]}]}|true|false|false",
        // Of what is asked for, or with what: it may be let in.
        "STRICT|{rules: [{to: [{operation: {paths: [/a]}}]}]}|true|true|false",
        "STRICT|{rules: [{from: [{source: {namespaces: [shop]}}], to: [{operation: {methods:"
            + " [GET]}}]}]}|true|false|false",
        "STRICT|{action: DENY, rules: [{from: [{source: {namespaces: [guests]}}], to: [{operation:"
            + " {paths: [/a]}}]}]}|true|true|false",
        "STRICT|{rules: [{when: [{key: 'request.headers[x-tenant]', values:"
            + " [a]}]}]}|true|true|false",
        "STRICT|{rules: [{when: [{key: 'request.auth.claims[role]', values:"
            + " [a]}]}]}|true|true|false",
        "STRICT|{rules: [{from: [{source: {requestPrincipals: ['*']}}]}]}|true|true|false",
        "STRICT|{rules: [{from: [{source: {ipBlocks: [10.0.0.0/8]}}]}]}|true|true|false",
        // The listener's port is no secret of the request.
        "STRICT|{rules: [{to: [{operation: {ports: ['9']}}]}]}|false|false|false",
        "STRICT|{rules: [{to: [{operation: {ports: ['8080']}}]}]}|true|true|false",
        // Who may call without an identity may call.
        "PERMISSIVE|{rules: [{from: [{source: {namespaces: [shop]}}]}]}|true|false|false",
        "PERMISSIVE|{action: DENY, rules: [{from: [{source: {namespaces:"
            + " [guests]}}]}]}|true|true|true",
        "DISABLE|{rules: [{from: [{source: {namespaces: [shop]}}]}]}|false|false|false",
        "DISABLE|{action: DENY, rules: [{from: [{source: {namespaces:"
            + " [guests]}}]}]}|true|true|true",
        "PERMISSIVE|{action: AUDIT, rules: [{}]}|true|true|true",
      })
  void policy_decidesByTheCallerAlone_orNot(
      String mode, String spec, boolean storefront, boolean guest, boolean nobody)
      throws Exception {
    mode(mode);
    policy(spec);
    assertThat(refusing(STOREFRONT) == null).as("storefront").isEqualTo(storefront);
    assertThat(refusing(GUEST) == null).as("guest").isEqualTo(guest);
    assertThat(refusing(null) == null).as("nobody").isEqualTo(nobody);
  }

  @Test
  void policies_ofOtherKinds_areNamed() throws Exception {
    mode("STRICT");
    assertThat(refusing(GUEST)).isNull();
    assertThat(refusing(null)).isEqualTo("PeerAuthentication");
    mesh.apply(
        """
        apiVersion: endomesh.io/v1
        kind: DepartmentPolicy
        metadata: {name: departments, namespace: endomesh-system}
        spec: {deny: [guests -> shop]}
        """);
    assertThat(refusing(GUEST)).isEqualTo("DepartmentPolicy/endomesh-system/departments");
    assertThat(refusing(STOREFRONT)).isNull();
    mesh.apply(
        """
        apiVersion: endomesh.io/v1
        kind: InboundPolicy
        metadata: {name: default, namespace: shop}
        spec: {defaultAction: Deny}
        """);
    assertThat(refusing(STOREFRONT)).isEqualTo("InboundPolicy/shop/default");
    mesh.apply(
        """
        apiVersion: access.smi-spec.io/v1alpha3
        kind: TrafficTarget
        metadata: {name: t, namespace: shop}
        spec:
          destination: {kind: ServiceAccount, name: orders, namespace: shop}
          sources: [{kind: ServiceAccount, name: storefront, namespace: shop}]
        """);
    assertThat(refusing(STOREFRONT)).isNull();
    assertThat(refusing("spiffe://endomesh.local/ns/shop/sa/other"))
        .isEqualTo("TrafficTarget/shop/t");
  }

  @Test
  void policy_thatOnlyLooksOn_hidesNothing() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: x, namespace: shop, annotations: {endomesh.io/dry-run: "true"}}
        spec: {action: DENY, rules: [{}]}
        """);
    assertThat(refusing(GUEST)).isNull();
  }

  @Test
  void policy_ofSomeOfTheWorkloads_leavesTheOthers() throws Exception {
    mesh.workload("orders", "o2", "v2", 8081);
    policy("{selector: {matchLabels: {version: v2}}, action: DENY, rules: [{}]}");
    assertThat(refusing(GUEST)).isNull();
    policy("{selector: {matchLabels: {app: orders}}, action: DENY, rules: [{}]}");
    assertThat(refusing(GUEST)).isEqualTo(POLICY);
  }

  private static final List<ResourceType> ALL = List.of(ResourceType.values());

  private static String told(XdsView view, Scope scope, String... names) {
    StringBuilder told = new StringBuilder();
    for (ResourceType type : ALL) {
      for (String name : names) {
        XdsResource resource = view.resource(type, name, scope);
        if (resource != null) {
          told.append(resource.body().getValue().toString(StandardCharsets.ISO_8859_1));
        }
      }
    }
    return told.toString();
  }

  @Test
  void view_ofWhoIsKeptOut_saysNothingButThat() throws Exception {
    policy(
        "{selector: {matchLabels: {app: orders}}, rules: [{from: [{source: {principals:"
            + " [endomesh.local/ns/shop/sa/storefront]}}]}]}");
    XdsView view = new XdsView(mesh.model());
    String[] names = {
      "orders",
      "orders.shop",
      "orders.shop:8080",
      "outbound|8080||orders.shop",
      "outbound|8080|v1|orders.shop",
      "endomesh/outbound"
    };

    assertThat(told(view, scope(STOREFRONT, Dialect.AGENT), names))
        .contains("10.0.0.1", "sa/orders", "outbound|8080||orders.shop");
    assertThat(told(view, scope(GUEST, Dialect.AGENT), names))
        .contains(POLICY)
        .doesNotContain("10.0.0.1", "sa/orders", "sa/storefront", "outbound|", "8080||");
    assertThat(told(view, scope(GUEST, Dialect.GRPC), names)).isEmpty();
    assertThat(told(view, scope(null, Dialect.AGENT), names))
        .contains(POLICY)
        .doesNotContain("10.0.0.1", "sa/storefront");
    assertThat(told(view, scope(GUEST, Dialect.AGENT), "billing", "billing.shop:9090"))
        .contains("outbound|9090||billing.shop");
  }

  @Test
  void view_ofCallersWhoMayTheSame_isShared() throws Exception {
    policy(
        "{selector: {matchLabels: {app: orders}}, rules: [{from: [{source: {namespaces:"
            + " [shop]}}]}]}");
    XdsView view = new XdsView(mesh.model());
    String another = "spiffe://endomesh.local/ns/shop/sa/another";
    String alien = "spiffe://endomesh.local/ns/aliens/sa/alien";
    for (ResourceType type : List.of(ResourceType.CLUSTER, ResourceType.ENDPOINTS)) {
      String cluster = "outbound|8080||orders.shop";
      assertThat(view.resource(type, cluster, scope(STOREFRONT, Dialect.AGENT)))
          .isNotNull()
          .isSameAs(view.resource(type, cluster, scope(another, Dialect.AGENT)));
    }
    assertThat(view.resource(ResourceType.LISTENER, "orders", scope(GUEST, Dialect.AGENT)))
        .isNotNull()
        .isSameAs(view.resource(ResourceType.LISTENER, "orders", scope(alien, Dialect.AGENT)));
  }

  @Test
  void inbound_isToldToWhoProvesToBeIt() {
    XdsView view = new XdsView(mesh.model());
    String name = "endomesh/inbound/8080";
    Scope orders =
        new Scope("shop", Map.of("app", "orders"), Dialect.AGENT, Reader.proving(STOREFRONT));
    Scope nobody = new Scope("shop", Map.of("app", "orders"), Dialect.AGENT, Reader.proving(null));
    assertThat(view.resource(ResourceType.LISTENER, name, orders)).isNotNull();
    assertThat(view.resource(ResourceType.LISTENER, name, nobody)).isNull();
  }

  private VirtualHost host(String authority, String caller) {
    XdsView view = new XdsView(mesh.model());
    Preview preview =
        new Preview(
            (type, name) -> {
              XdsResource found =
                  view.resource(
                      ResourceType.valueOf(type.name()), name, scope(caller, Dialect.AGENT));
              return found == null
                  ? null
                  : new StoredResource(type, name, found.version(), found.body().getValue());
            });
    VirtualHost host = Objects.requireNonNull(preview.host(authority));
    assertThat(preview.rejections()).isEmpty();
    return host;
  }

  private void split() throws Exception {
    policy(
        "{selector: {matchLabels: {app: billing}}, rules: [{from: [{source: {namespaces:"
            + " [shop]}}]}]}");
    mesh.apply(
        """
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: split, namespace: shop}
        spec:
          parentRefs: [{kind: Service, group: "", name: orders}]
          rules:
          - matches: [{path: {type: Exact, value: /bills}}]
            backendRefs: [{name: billing, port: 9090}]
          - filters: [{type: RequestMirror, requestMirror: {backendRef: {name: billing, port: 9090}}}]
            backendRefs: [{name: orders, port: 8080, weight: 9}, {name: billing, port: 9090, weight: 1}]
        """);
  }

  @Test
  void routes_thatLeadToSeveral_leadWhereTheCallerMayGo() throws Exception {
    split();

    VirtualHost all = host("orders", STOREFRONT);
    assertThat(all.routes()).allMatch(route -> route.action() instanceof RouteAction.Forward);

    List<Route> routes = host("orders", GUEST).routes();
    assertThat(routes.get(0).action()).isEqualTo(new RouteAction.Refuse(POLICY));
    RouteAction.Forward forward = (RouteAction.Forward) routes.get(1).action();
    assertThat(forward.mirrors()).isEmpty();
    assertThat(
            forward.clusters().targets().stream().map(WeightedClusters.Target::refusedBy).toList())
        .containsExactly(null, POLICY);
    assertThat(forward.clusters().targets().get(1).absentStatus()).isEqualTo(403);
  }

  @Test
  void routes_thatLeadToNobodyElse_areRefusedAsAWhole() throws Exception {
    split();
    policy("{rules: [{from: [{source: {namespaces: [shop]}}]}]}");

    assertThat(host("orders", GUEST).routes())
        .singleElement()
        .satisfies(route -> assertThat(route.action()).isEqualTo(new RouteAction.Refuse(POLICY)));
  }
}
