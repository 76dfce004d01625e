package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is in force in place of stored resources that this version cannot read. */
class UnreadableTest {

  private static final Scope ORDERS =
      new Scope("shop", Map.of("app", "orders"), Scope.Dialect.AGENT);

  private static final Scope BILLING =
      new Scope("shop", Map.of("app", "billing"), Scope.Dialect.AGENT);

  private static final Scope ELSEWHERE =
      new Scope("finance", Map.of("app", "ledger"), Scope.Dialect.AGENT);

  private final Models mesh =
      new Models().workload("orders", "o1", "v1", 8080).workload("billing", "b1", "v1", 8080);

  private static String resource(String apiVersion, String kind, String metadata, String spec) {
    return "{\"apiVersion\":\"%s\",\"kind\":\"%s\",\"metadata\":{\"name\":\"x\",\"namespace\":\"shop\"%s},\"spec\":%s}"
        .formatted(apiVersion, kind, metadata, spec);
  }

  private void policy(String spec) {
    mesh.stored(
        "AuthorizationPolicy",
        "shop",
        "x",
        resource("security.istio.io/v1", "AuthorizationPolicy", "", spec));
  }

  private static String text(Models mesh, Scope scope) {
    return String.valueOf(
        new XdsView(mesh.model()).resource(ResourceType.LISTENER, "endomesh/inbound/8080", scope));
  }

  private String rules(Scope scope) throws Exception {
    Listener listener =
        Objects.requireNonNull(
            InboundTranslator.listener(mesh.model(), "endomesh/inbound/8080", scope));
    StringBuilder rules = new StringBuilder();
    for (var filter :
        listener
            .getFilterChains(0)
            .getFilters(0)
            .getTypedConfig()
            .unpack(HttpConnectionManager.class)
            .getHttpFiltersList()) {
      if (filter.getName().startsWith("envoy.filters.http.rbac")) {
        var rbac =
            filter
                .getTypedConfig()
                .unpack(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.class)
                .getRules();
        rbac.getPoliciesMap()
            .forEach(
                (name, policy) ->
                    rules
                        .append(rbac.getAction())
                        .append(' ')
                        .append(name)
                        .append(' ')
                        .append(
                            policy.toString().contains("not_rule")
                                ? "nothing"
                                : policy.toString().contains("not_id") ? "others" : "all")
                        .append('\n'));
      }
    }
    return rules.toString();
  }

  private String told() {
    return mesh.model().unreadable().get(0).told();
  }

  @Test
  void denial_ofALaterVersion_refusesAllCallsToWhomItSelects() throws Exception {
    policy(
        """
        {"selector":{"matchLabels":{"app":"orders"}},"action":"DENY",
         "rules":[{"from":[{"source":{"countries":["XX"]}}]}]}\
        """);

    assertThat(rules(ORDERS)).isEqualTo("DENY AuthorizationPolicy/shop/x all\n");
    assertThat(rules(BILLING)).isEmpty();
    assertThat(told())
        .startsWith("AuthorizationPolicy/shop/x cannot be read by this version: ")
        .contains("spec.rules[0].from[0].source.countries")
        .contains("calls to all that it may be for are refused until it is mended");
  }

  @Test
  void permission_ofALaterVersion_permitsNothing() throws Exception {
    policy("{\"rules\":[{\"from\":[{\"source\":{\"countries\":[\"XX\"]}}]}]}");
    assertThat(rules(BILLING)).isEqualTo("ALLOW AuthorizationPolicy/shop/x nothing\n");
    assertThat(rules(ELSEWHERE)).isEmpty();
    assertThat(told()).contains("it permits nothing");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The word that says what it does may be the one that cannot be read.
        "{\"acton\":\"DENY\"}|DENY",
        "{\"action\":\"REFUSE\"}|DENY",
        "{\"action\":7}|DENY",
        "{\"action\":\"ALLOW\",\"later\":1}|ALLOW",
        "7|DENY"
      })
  void policy_whoseActionIsInDoubt_denies(String spec, String action) throws Exception {
    policy(spec);
    assertThat(rules(ORDERS)).startsWith(action + " AuthorizationPolicy/shop/x ");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"{\"apiVersion\":\"secu", "null", "[]", "7", "{}", "''"})
  void policy_whoseRowIsDamaged_deniesInItsNamespace(String body) throws Exception {
    mesh.stored("AuthorizationPolicy", "shop", "x", body);
    assertThat(rules(ORDERS)).isEqualTo("DENY AuthorizationPolicy/shop/x all\n");
    assertThat(rules(ELSEWHERE)).isEmpty();
  }

  @Test
  void policy_thatIsOfAnotherKey_isNotTakenForThat() throws Exception {
    mesh.stored(
        "AuthorizationPolicy",
        "finance",
        "x",
        resource("security.istio.io/v1", "AuthorizationPolicy", "", "{\"action\":\"AUDIT\"}"));
    assertThat(rules(ORDERS)).isEmpty();
    assertThat(told())
        .contains("AuthorizationPolicy shop/x (expected: AuthorizationPolicy finance/x)");
  }

  @Test
  void policy_ofTheWholeMesh_deniesEverywhere() throws Exception {
    mesh.stored("AuthorizationPolicy", "endomesh-system", "x", "damaged");
    assertThat(rules(ELSEWHERE)).isEqualTo("DENY AuthorizationPolicy/endomesh-system/x all\n");
  }

  @Test
  void policy_thatOnlyLooksOn_isLeftOut() throws Exception {
    mesh.stored(
        "AuthorizationPolicy",
        "shop",
        "x",
        resource(
            "security.istio.io/v1",
            "AuthorizationPolicy",
            ",\"annotations\":{\"endomesh.io/dry-run\":\"true\"}",
            "{\"action\":\"DENY\",\"later\":1}"));
    assertThat(rules(ORDERS)).isEmpty();
    assertThat(told()).contains("it is left out");
  }

  @Test
  void kind_thatNobodyKnows_deniesInItsNamespace() throws Exception {
    mesh.stored(
        "EgressPolicy", "shop", "x", resource("endomesh.io/v9", "EgressPolicy", "", "{\"a\":1}"));
    assertThat(rules(ORDERS)).isEqualTo("DENY EgressPolicy/shop/x all\n");
    assertThat(rules(ELSEWHERE)).isEmpty();
    assertThat(told()).contains("unknown kind 'EgressPolicy'");
  }

  @Test
  void requestAuthentication_damaged_deniesInItsNamespace() throws Exception {
    mesh.stored("RequestAuthentication", "shop", "x", "damaged");
    assertThat(rules(ORDERS)).isEqualTo("DENY RequestAuthentication/shop/x all\n");
  }

  @Test
  void departments_damaged_keepNamespacesApart() throws Exception {
    mesh.stored("DepartmentPolicy", "endomesh-system", "departments", "damaged");
    assertThat(rules(ORDERS))
        .isEqualTo("DENY DepartmentPolicy/endomesh-system/departments others\n");
  }

  @Test
  void trafficTarget_damaged_permitsNothing() throws Exception {
    mesh.stored("TrafficTarget", "shop", "x", "damaged");
    assertThat(rules(ORDERS)).isEqualTo("ALLOW TrafficTarget/shop/x nothing\n");
  }

  @Test
  void inboundPolicy_damaged_refusesByDefault_unlessANarrowerOneSaysAllow() throws Exception {
    mesh.stored("InboundPolicy", "shop", "x", "damaged");
    assertThat(rules(ORDERS)).isEqualTo("ALLOW InboundPolicy/shop/x nothing\n");

    mesh.apply(
        """
        apiVersion: endomesh.io/v1
        kind: InboundPolicy
        metadata: {name: orders, namespace: shop}
        spec: {selector: {matchLabels: {app: orders}}, defaultAction: Allow}
        """);
    assertThat(rules(ORDERS)).isEmpty();
  }

  @Test
  void peerAuthentication_damaged_isStrict_unlessANarrowerOneSaysOtherwise() throws Exception {
    mesh.stored("PeerAuthentication", "shop", "x", "damaged");
    assertThat(mesh.model().mtlsMode("shop", ORDERS.labels())).isEqualTo(Mode.STRICT);
    assertThat(mesh.model().mtlsMode("finance", ORDERS.labels())).isEqualTo(Mode.PERMISSIVE);
    assertThat(told()).contains("take mutual TLS only");

    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: orders, namespace: shop}
        spec: {selector: {matchLabels: {app: orders}}, mtls: {mode: PERMISSIVE}}
        """);
    assertThat(mesh.model().mtlsMode("shop", ORDERS.labels())).isEqualTo(Mode.PERMISSIVE);
  }

  @Test
  void service_thatAPolicyTargets_damaged_leavesThePolicyToAllItMayBeFor() throws Exception {
    mesh.stored("Service", "shop", "shopfront", "damaged");
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: nobody, namespace: shop}
        spec:
          targetRefs: [{group: "", kind: Service, name: shopfront}]
          action: DENY
          rules: [{}]
        """);
    assertThat(rules(ORDERS)).isEqualTo("DENY AuthorizationPolicy/shop/nobody all\n");
  }

  private String listener(String authority) {
    Listener listener = OutboundListener.of(mesh.model(), authority, ORDERS);
    return listener == null ? "none" : listener.toString();
  }

  @Test
  void sidecar_damaged_letsCallNobody() {
    mesh.stored("Sidecar", "shop", "x", "damaged");
    assertThat(listener("billing")).contains("Sidecar/shop/x is REGISTRY_ONLY");
    assertThat(listener("www.example.com")).contains("Sidecar/shop/x");
  }

  private void externals() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: db, namespace: shop}
        spec:
          hosts: [db.example.com]
          ports: [{number: 5432, name: tcp, protocol: TCP}]
          resolution: STATIC
          endpoints: [{address: 10.0.0.9}]
        ---
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: bank, namespace: shop}
        spec:
          hosts: [bank.example.com]
          ports: [{number: 443, name: https, protocol: HTTPS}]
          resolution: DNS
        """);
  }

  @Test
  void database_whosePolicyIsOfALaterVersion_isNotCalled_andOthersAre() throws Exception {
    externals();
    mesh.stored(
        "DatabasePolicy",
        "shop",
        "x",
        resource(
            "endomesh.io/v1", "DatabasePolicy", "", "{\"hosts\":[\"db.example.com\"],\"l\":1}"));
    assertThat(listener("db.example.com:5432"))
        .contains("DatabasePolicy/shop/x cannot be read by the controller");
    assertThat(listener("bank.example.com")).isEqualTo("none");
  }

  @Test
  void hosts_whoseRuleIsDamaged_areNotCalledWithoutTls() throws Exception {
    externals();
    mesh.stored("DestinationRule", "shop", "x", "damaged");
    assertThat(listener("bank.example.com:443"))
        .contains("DestinationRule/shop/x cannot be read by the controller");
    assertThat(listener("billing")).contains("billing.shop:8080");
  }

  @Test
  void rule_thatBeginsNoTls_isLeftOut() throws Exception {
    externals();
    mesh.stored(
        "DestinationRule",
        "shop",
        "x",
        resource(
            "networking.istio.io/v1",
            "DestinationRule",
            "",
            "{\"host\":\"bank.example.com\",\"later\":1}"));
    assertThat(listener("bank.example.com")).isEqualTo("none");
    assertThat(told()).contains("it is left out");
  }

  @Test
  void backendTlsPolicy_damaged_keepsItsHostsFromBeingCalled() throws Exception {
    externals();
    mesh.stored(
        "BackendTLSPolicy",
        "shop",
        "x",
        resource(
            "gateway.networking.k8s.io/v1",
            "BackendTLSPolicy",
            "",
            "{\"targetRefs\":[{\"group\":\"networking.istio.io\",\"kind\":\"ServiceEntry\",\"name\":\"bank\"}],\"l\":1}"));
    assertThat(listener("bank.example.com")).contains("BackendTLSPolicy/shop/x");
    assertThat(listener("db.example.com")).doesNotContain("BackendTLSPolicy");
  }

  @Test
  void route_damaged_leavesCallsAsTheyWouldBeWithoutIt() {
    mesh.stored("HTTPRoute", "shop", "x", "damaged");
    assertThat(listener("billing")).contains("billing.shop:8080");
    assertThat(text(mesh, ORDERS)).doesNotContain("HTTPRoute");
    assertThat(told()).contains("it is left out");
  }
}
