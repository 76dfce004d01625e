package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.xds.translate.RbacTranslator;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who is let in, and kept out, by labels that callers were given by their tokens. */
class CallerLabelsTest {

  private static final Map<String, String> CHECKOUT = Map.of("team", "checkout");
  private static final Map<String, String> NONE = Map.of();

  /** Below the namespace's policies, what its callers may do is asked of one that has no labels. */
  private final Models mesh = new Models().workload("ledger", "ledger-1", "v1", 8080);

  @Test
  void allow_byALabel_letsInWhoseWorkloadsWereAllGivenIt() throws Exception {
    mesh.workloadOfServiceToken("cart", "cart-1", NONE, CHECKOUT)
        .workloadOfServiceToken("cart", "cart-2", NONE, CHECKOUT)
        .workloadOfServiceToken("web", "web-1", NONE, Map.of("team", "web"));
    policy("ALLOW", "values: [checkout]");

    assertThat(isRefused("cart")).isFalse();
    assertThat(isRefused("web")).isTrue();
    assertThat(isRefused("unknown")).isTrue();
    assertThat(isRefused(null)).isTrue();
  }

  @Test
  void allow_byALabelThatAWorkloadSaysOfItself_letsNobodyIn() throws Exception {
    mesh.workloadOfServiceToken("web", "web-1", CHECKOUT, NONE)
        // Of a token for the namespace, which is believed in labels where it may serve.
        .workloadAt("batch", "batch-1", CHECKOUT, 8081);
    policy("ALLOW", "values: [checkout]");

    assertThat(isRefused("web")).isTrue();
    assertThat(isRefused("batch")).isTrue();
  }

  @Test
  void identity_ofWhichOnlySomeWorkloadsWereGivenIt_isLetInByNone_andKeptOutByOne()
      throws Exception {
    mesh.workloadOfServiceToken("cart", "cart-1", NONE, CHECKOUT)
        .workloadOfServiceToken("cart", "cart-2", NONE, NONE);
    policy("ALLOW", "values: [checkout]");
    assertThat(isRefused("cart")).isTrue();

    policy("DENY", "values: [checkout]");
    assertThat(isRefused("cart")).isTrue();
  }

  @Test
  void deny_byALabel_keepsOutWhoSaysThatItHasIt_andNobodyElse() throws Exception {
    mesh.workloadOfServiceToken("web", "web-1", CHECKOUT, NONE)
        .workloadOfServiceToken("cart", "cart-1", NONE, Map.of("team", "cart"));
    policy("DENY", "values: ['check*']");

    assertThat(isRefused("web")).isTrue();
    assertThat(isRefused("cart")).isFalse();
    assertThat(isRefused("unknown")).isFalse();
  }

  @Test
  void deny_byNotValues_keepsOutAllButThoseThatWereGivenIt() throws Exception {
    mesh.workloadOfServiceToken("cart", "cart-1", NONE, CHECKOUT)
        .workloadOfServiceToken("web", "web-1", CHECKOUT, NONE);
    policy("DENY", "notValues: [checkout]");

    assertThat(isRefused("cart")).isFalse();
    assertThat(isRefused("web")).isTrue();
    assertThat(isRefused("unknown")).isTrue();
    assertThat(isRefused(null)).isTrue();
  }

  @Test
  void allow_byNotValues_keepsOutWhoMayHaveIt() throws Exception {
    mesh.workloadOfServiceToken("web", "web-1", CHECKOUT, NONE)
        .workloadOfServiceToken("cart", "cart-1", NONE, NONE);
    policy("ALLOW", "notValues: [checkout]");

    assertThat(isRefused("web")).isTrue();
    assertThat(isRefused("cart")).isFalse();
  }

  @Test
  void values_asOtherConditionsHaveThem() throws Exception {
    mesh.workloadOfServiceToken("a", "a-1", NONE, Map.of("team", "pay-eu"))
        .workloadOfServiceToken("b", "b-1", NONE, Map.of("team", "pay-us"))
        .workloadOfServiceToken("c", "c-1", NONE, Map.of("tier", "gold"));
    policy("ALLOW", "values: ['*-eu', 'nobody']");
    assertThat(isRefused("a")).isFalse();
    assertThat(isRefused("b")).isTrue();

    policy("ALLOW", "values: ['*']");
    assertThat(isRefused("b")).isFalse();
    assertThat(isRefused("c")).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"source.labels[]", "source.labels[te am]", "source.labels", "labels[a]"})
  void key_thatNamesNoLabel_isRefused(String key) {
    assertThatThrownBy(() -> policy("ALLOW", "values: [a]", key))
        .hasMessageContaining("'" + key + "' (expected: one of source.principal")
        .hasMessageContaining("source.labels[NAME]");
  }

  private void policy(String action, String values) throws Exception {
    policy(action, values, "source.labels[team]");
  }

  private void policy(String action, String values, String key) throws Exception {
    mesh.apply(
        """
        apiVersion: security.istio.io/v1
        kind: AuthorizationPolicy
        metadata: {name: callers, namespace: shop}
        spec:
          action: %s
          selector: {matchLabels: {app: ledger}}
          rules: [{when: [{key: '%s', %s}]}]
        """
            .formatted(action, key, values));
  }

  /** By what the server is sent, as its agent reads it. */
  private boolean isRefused(@Nullable String service) throws Exception {
    Scope ledger = new Scope("shop", Map.of("app", "ledger"), Scope.Dialect.AGENT);
    Authorization rules =
        RbacTranslator.translate(
            HttpConnectionManager.newBuilder()
                .addAllHttpFilters(AccessRules.of(mesh.model(), ledger, 8080).filters())
                .build());
    return rules.refusesAllOf(
            service == null ? null : "spiffe://endomesh.local/ns/shop/sa/" + service)
        != null;
  }
}
