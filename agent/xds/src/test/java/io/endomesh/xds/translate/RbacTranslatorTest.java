package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.authorize.AddressRange;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Condition;
import io.endomesh.dataplane.authorize.DryRun;
import io.endomesh.dataplane.authorize.Policy;
import io.envoyproxy.envoy.config.core.v3.CidrRange;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class RbacTranslatorTest {

  private static final String TYPE = "envoy.extensions.filters.http.rbac.v3.RBAC";

  private static Authorization translate(HttpFilter... filters) throws InvalidResource {
    return RbacTranslator.translate(
        HttpConnectionManager.newBuilder()
            .setXffNumTrustedHops(2)
            .addAllHttpFilters(List.of(filters))
            .build());
  }

  private static HttpFilter filter(
      UnaryOperator<io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.Builder> change) {
    var rbac = io.envoyproxy.envoy.extensions.filters.http.rbac.v3.RBAC.newBuilder();
    return HttpFilter.newBuilder()
        .setName("rbac")
        .setTypedConfig(any(TYPE, change.apply(rbac).build()))
        .build();
  }

  private static RBAC rules(RBAC.Action action, String... policies) {
    RBAC.Builder rules = RBAC.newBuilder().setAction(action);
    for (String policy : policies) {
      rules.putPolicies(
          policy,
          io.envoyproxy.envoy.config.rbac.v3.Policy.newBuilder()
              .addPrincipals(Principal.newBuilder().setAny(true))
              .addPermissions(Permission.newBuilder().setAny(true))
              .build());
    }
    return rules.build();
  }

  @Test
  void shadowRulesAndLog_onlyLookOn() throws Exception {
    Authorization authorization =
        translate(
            filter(
                rbac ->
                    rbac.setRules(rules(RBAC.Action.DENY, "deny"))
                        .setShadowRules(rules(RBAC.Action.DENY, "dry-deny"))),
            filter(rbac -> rbac.setShadowRules(rules(RBAC.Action.ALLOW, "dry#0", "dry#1"))),
            filter(rbac -> rbac.setRules(rules(RBAC.Action.LOG, "audit"))));

    assertThat(authorization.deny()).extracting(Policy::name).containsExactly("deny");
    assertThat(authorization.allow()).isEmpty();
    DryRun dryRun = authorization.dryRun();
    assertThat(dryRun.deny()).extracting(Policy::name).containsExactly("dry-deny");
    assertThat(dryRun.allow()).extracting(Policy::name).containsExactly("dry");
    assertThat(dryRun.allow().get(0).rules()).hasSize(2);
    assertThat(dryRun.audit()).extracting(Policy::name).containsExactly("audit");
  }

  @Test
  void allowRules_withoutPolicies_refuseEverything_andNoRulesRefuseNothing() throws Exception {
    assertThat(translate(filter(rbac -> rbac.setRules(rules(RBAC.Action.ALLOW)))).allow())
        .containsExactly(new Policy("rbac", List.of()));
    assertThat(translate(filter(rbac -> rbac)).allow()).isEmpty();
    assertThat(
            translate(filter(rbac -> rbac.setShadowRules(rules(RBAC.Action.ALLOW))))
                .dryRun()
                .allow())
        .containsExactly(new Policy("rbac", List.of()));
  }

  @Test
  void allowRules_twice_areRefusedByName() {
    HttpFilter allow = filter(rbac -> rbac.setRules(rules(RBAC.Action.ALLOW, "a")));

    assertThatThrownBy(() -> translate(allow, allow))
        .hasMessage("http_filters[rbac]: a second ALLOW filter (expected: at most one)");
  }

  @Test
  void remoteIp_isBelievedAsFarAsTheListenerSays_andDirectRemoteIpIsTheConnection()
      throws Exception {
    CidrRange range =
        CidrRange.newBuilder().setAddressPrefix("10.0.0.0").setPrefixLen(UInt32Value.of(8)).build();
    RBAC rules =
        RBAC.newBuilder()
            .setAction(RBAC.Action.DENY)
            .putPolicies(
                "p",
                io.envoyproxy.envoy.config.rbac.v3.Policy.newBuilder()
                    .addPrincipals(Principal.newBuilder().setRemoteIp(range))
                    .addPrincipals(Principal.newBuilder().setDirectRemoteIp(range))
                    .addPermissions(Permission.newBuilder().setAny(true))
                    .build())
            .build();

    Condition principal =
        translate(filter(rbac -> rbac.setRules(rules))).deny().get(0).rules().get(0).principal();

    AddressRange ten = AddressRange.of("10.0.0.0", 8);
    assertThat(principal)
        .isEqualTo(
            new Condition.AnyOf(List.of(new Condition.Origin(ten, 2), new Condition.Address(ten))));
  }
}
