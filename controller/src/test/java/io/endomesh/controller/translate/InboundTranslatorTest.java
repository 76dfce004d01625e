package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.config.rbac.v3.RBAC.Action;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InboundTranslatorTest {

  private static final Map<String, String> ORDERS = Map.of("app", "orders");

  private final Models mesh = new Models();

  @Test
  void listener_modes_chooseFilterChains() throws Exception {
    assertThat(transports(8080)).containsExactly("tls", "raw_buffer");

    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: all, namespace: shop}
        spec: {mtls: {mode: STRICT}}
        ---
        apiVersion: security.istio.io/v1
        kind: PeerAuthentication
        metadata: {name: orders, namespace: shop}
        spec:
          selector: {matchLabels: {app: orders}}
          portLevelMtls: {9090: {mode: DISABLE}}
        """);

    assertThat(transports(8080)).containsExactly("tls");
    assertThat(transports(9090)).containsExactly("raw_buffer");
    assertThat(transports(0)).containsExactly("tls");
  }

  @Test
  void rbac_allowPolicy_namesCallersAndOperations() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: callers, namespace: shop}
        spec:
          selector: {matchLabels: {app: orders}}
          rules:
          - from: [{source: {principals: [endomesh.local/ns/shop/sa/storefront], namespaces: [shop]}}]
            to: [{operation: {methods: [GET], paths: [/api/*]}}]
        """);

    RBAC rbac = Objects.requireNonNull(rbac(Action.ALLOW, 8080));

    assertThat(rbac.getPoliciesOrThrow("AuthorizationPolicy/shop/callers").toString())
        .isEqualTo(
            """
            permissions {
              and_rules {
                rules {
                  header {
                    name: ":method"
                    string_match {
                      exact: "GET"
                    }
                  }
                }
                rules {
                  url_path {
                    path {
                      prefix: "/api/"
                    }
                  }
                }
              }
            }
            principals {
              and_ids {
                ids {
                  authenticated {
                    principal_name {
                      exact: "spiffe://endomesh.local/ns/shop/sa/storefront"
                    }
                  }
                }
                ids {
                  authenticated {
                    principal_name {
                      prefix: "spiffe://endomesh.local/ns/shop/"
                    }
                  }
                }
              }
            }
            """);
    assertThat(rbac(Action.DENY, 8080)).isNull();
  }

  @Test
  void rbac_otherWorkloadOrNamespace_isNotSelected() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: other, namespace: shop}
        spec: {selector: {matchLabels: {app: payments}}}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: elsewhere, namespace: finance}
        spec: {}
        """);

    assertThat(rbac(Action.ALLOW, 8080)).isNull();
  }

  @Test
  void rbac_portsAndEmptyRules_areDecidedHere() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: admin, namespace: endomesh-system}
        spec: {action: DENY, rules: [{to: [{operation: {ports: ["9090"]}}]}, {to: [{operation: {paths: [/x]}}]}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: nobody, namespace: shop}
        spec: {}
        """);

    RBAC deny = Objects.requireNonNull(rbac(Action.DENY, 9090));
    assertThat(deny.getPoliciesMap().keySet())
        .containsExactlyInAnyOrder(
            "AuthorizationPolicy/endomesh-system/admin#0",
            "AuthorizationPolicy/endomesh-system/admin#1");
    assertThat(
            deny.getPoliciesOrThrow("AuthorizationPolicy/endomesh-system/admin#0")
                .getPermissions(0)
                .getAny())
        .isTrue();
    assertThat(
            Objects.requireNonNull(rbac(Action.DENY, 8080))
                .getPoliciesOrThrow("AuthorizationPolicy/endomesh-system/admin#0")
                .getPermissions(0)
                .getNotRule()
                .getAny())
        .isTrue();
    // An ALLOW policy without rules allows nothing, by its own name.
    assertThat(Objects.requireNonNull(rbac(Action.ALLOW, 8080)).getPoliciesMap())
        .containsOnlyKeys("AuthorizationPolicy/shop/nobody");
  }

  @Test
  void rbac_addressesTrustDomainsAndHosts_areWhatTheyMeanOnTheWire() throws Exception {
    mesh.apply(
        """
        apiVersion: endomesh.io/v1
        kind: InboundPolicy
        metadata: {name: proxies, namespace: endomesh-system}
        spec: {trustedHops: 2}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: office, namespace: shop}
        spec:
          rules:
          - from: [{source: {ipBlocks: [10.0.0.0/8], notRemoteIpBlocks: ["2001:db8::1"], trustDomains: [a.example, "*.b"]}}]
            to: [{operation: {hosts: [Orders., "orders:8080"]}}]
            when: [{key: source.ip, values: [192.0.2.1]}, {key: destination.port, notValues: ["8080"]}]
        """);

    RBAC rbac = Objects.requireNonNull(rbac(Action.ALLOW, 8080));
    String policy = rbac.getPoliciesOrThrow("AuthorizationPolicy/shop/office").toString();

    assertThat(policy.replaceAll("\\s+", " "))
        .contains("direct_remote_ip { address_prefix: \"10.0.0.0\" prefix_len { value: 8 } }")
        .contains("direct_remote_ip { address_prefix: \"192.0.2.1\" prefix_len { value: 32 } }")
        .contains(
            "not_id { remote_ip { address_prefix: \"2001:db8::1\" prefix_len { value: 128 } } }")
        .contains("prefix: \"spiffe://a.example/\"")
        .contains("spiffe://[^/]*\\\\.b/.*")
        .contains("(?i)orders\\\\.?(:[0-9]+)?")
        .contains("(?i)orders\\\\.?:8080")
        .contains("not_rule { any: true }");
    assertThat(manager(8080).getXffNumTrustedHops()).isEqualTo(2);
    assertThat(manager(8080).getUseRemoteAddress().getValue()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    // of the mesh, of the namespace, of the workload; ALLOW policy; what refuses
    "Deny,    ,      ,      false, InboundPolicy/endomesh-system/all",
    "Deny,    Allow, ,      false, ",
    "Allow,   Deny,  ,      false, InboundPolicy/shop/namespace",
    "Deny,    Deny,  Allow, false, ",
    ",        Allow, Deny,  false, InboundPolicy/shop/orders",
    "Deny,    ,      ,      true,  AuthorizationPolicy/shop/callers",
    ",        ,      ,      false, ",
  })
  void rbac_denyByDefault_theNarrowestDecidesUnlessAnAllowIsThere(
      @Nullable String ofMesh,
      @Nullable String ofNamespace,
      @Nullable String ofWorkload,
      boolean allow,
      @Nullable String refuses)
      throws Exception {
    defaults("endomesh-system", "all", "", ofMesh);
    defaults("shop", "namespace", "", ofNamespace);
    defaults("shop", "orders", "selector: {matchLabels: {app: orders}}, ", ofWorkload);
    defaults("shop", "others", "selector: {matchLabels: {app: others}}, ", "Deny");
    if (allow) {
      mesh.apply(
          """
          apiVersion: security.istio.io/v1
          kind: AuthorizationPolicy
          metadata: {name: callers, namespace: shop}
          spec: {rules: [{}]}
          """);
    }

    RBAC rbac = rbac(Action.ALLOW, 8080);

    assertThat(rbac == null ? null : String.join(" ", rbac.getPoliciesMap().keySet()))
        .isEqualTo(refuses);
  }

  private void defaults(String namespace, String name, String selector, @Nullable String action)
      throws Exception {
    if (action != null) {
      mesh.apply(
          """
          apiVersion: endomesh.io/v1
          kind: InboundPolicy
          metadata: {name: %s, namespace: %s}
          spec: {%sdefaultAction: %s}
          """
              .formatted(name, namespace, selector, action));
    }
  }

  @Test
  void rbac_targetRefs_areForTheWorkloadsOfTheService() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: orders, namespace: shop}
        spec: {targetRefs: [{group: "", kind: Service, name: orders}], action: DENY, rules: [{}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: payments, namespace: shop}
        spec: {targetRefs: [{group: "", kind: Service, name: payments}], action: DENY, rules: [{}]}
        """);

    assertThat(Objects.requireNonNull(rbac(Action.DENY, 8080)).getPoliciesMap())
        .containsOnlyKeys("AuthorizationPolicy/shop/orders");
  }

  @Test
  void rbac_dryRunsAndAudits_areRulesThatOnlyLookOn() throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: dry, namespace: shop, annotations: {istio.io/dry-run: "true"}}
        spec: {action: DENY, rules: [{}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: in-force, namespace: shop, annotations: {endomesh.io/dry-run: "false"}}
        spec: {action: DENY, rules: [{}]}
        ---
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: audit, namespace: shop}
        spec: {action: AUDIT, rules: [{}]}
        ---
        apiVersion: endomesh.io/v1
        kind: InboundPolicy
        metadata: {name: default, namespace: shop, annotations: {endomesh.io/dry-run: "true"}}
        spec: {defaultAction: Deny}
        """);

    assertThat(names(false, Action.DENY)).containsExactly("AuthorizationPolicy/shop/in-force");
    assertThat(names(true, Action.DENY)).containsExactly("AuthorizationPolicy/shop/dry");
    assertThat(names(false, Action.ALLOW)).isEmpty();
    assertThat(names(true, Action.ALLOW)).containsExactly("InboundPolicy/shop/default");
    assertThat(names(false, Action.LOG)).containsExactly("AuthorizationPolicy/shop/audit");
  }

  private List<String> names(boolean shadow, Action action) throws Exception {
    for (HttpFilter filter : manager(8080).getHttpFiltersList()) {
      if (filter.getName().equals("envoy.filters.http.rbac." + action)) {
        var rbac =
            filter
                .getTypedConfig()
                .unpack(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.class);
        return List.copyOf(
            (shadow ? rbac.getShadowRules() : rbac.getRules()).getPoliciesMap().keySet());
      }
    }
    return List.of();
  }

  private @Nullable RBAC rbac(Action action, int port) throws Exception {
    for (HttpFilter filter : manager(port).getHttpFiltersList()) {
      if (filter.getName().equals("envoy.filters.http.rbac." + action)) {
        return filter
            .getTypedConfig()
            .unpack(io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.class)
            .getRules();
      }
    }
    return null;
  }

  private HttpConnectionManager manager(int port) throws Exception {
    return Objects.requireNonNull(
            InboundTranslator.listener(
                mesh.model(),
                "endomesh/inbound/" + port,
                new Scope("shop", ORDERS, Scope.Dialect.AGENT)))
        .getFilterChains(0)
        .getFilters(0)
        .getTypedConfig()
        .unpack(HttpConnectionManager.class);
  }

  private List<String> transports(int port) {
    Listener listener =
        Objects.requireNonNull(
            InboundTranslator.listener(
                mesh.model(),
                "endomesh/inbound/" + port,
                new Scope("shop", ORDERS, Scope.Dialect.AGENT)));
    return listener.getFilterChainsList().stream()
        .map(FilterChain::getFilterChainMatch)
        .map(match -> match.getTransportProtocol())
        .toList();
  }
}
