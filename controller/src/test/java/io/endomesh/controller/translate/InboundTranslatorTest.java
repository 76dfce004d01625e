package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.controller.kinds.AuthorizationPolicy.Action;
import io.envoyproxy.envoy.config.listener.v3.FilterChain;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

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

  private @org.jspecify.annotations.Nullable RBAC rbac(Action action, int port) {
    return new AuthorizationPolicyTranslator(
            mesh.model().catalog().authorizationPolicies(), "shop", ORDERS, port, "endomesh.local")
        .rbac(action);
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
