package io.endomesh.xds.translate;

import static io.endomesh.xds.Xds.any;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import io.endomesh.dataplane.authorize.Authorization;
import io.endomesh.dataplane.authorize.Policy;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.external.Provider;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.route.StringMatch;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.rbac.v3.Permission;
import io.envoyproxy.envoy.config.rbac.v3.Principal;
import io.envoyproxy.envoy.config.rbac.v3.RBAC;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.BufferSettings;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.ExtAuthz;
import io.envoyproxy.envoy.extensions.filters.http.ext_authz.v3.HttpService;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.envoyproxy.envoy.type.matcher.v3.ListStringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher;
import io.envoyproxy.envoy.type.matcher.v3.MetadataMatcher.PathSegment;
import io.envoyproxy.envoy.type.matcher.v3.StringMatcher;
import io.envoyproxy.envoy.type.matcher.v3.ValueMatcher;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

class ExternalTranslatorTest {

  private static final String NAME = "ExtAuthzProvider/infra/opa";

  private static ExtAuthz.Builder filter() {
    return ExtAuthz.newBuilder()
        .setGrpcService(
            GrpcService.newBuilder()
                .setEnvoyGrpc(
                    GrpcService.EnvoyGrpc.newBuilder()
                        .setClusterName("outbound|9191||opa.infra")
                        .setAuthority("opa.infra:9191")));
  }

  private static MetadataMatcher enabledBy(String statPrefix, String idPrefix) {
    return MetadataMatcher.newBuilder()
        .setFilter("envoy.filters.http.rbac")
        .addPath(PathSegment.newBuilder().setKey(statPrefix + "shadow_effective_policy_id"))
        .setValue(
            ValueMatcher.newBuilder()
                .setStringMatch(StringMatcher.newBuilder().setPrefix(idPrefix)))
        .build();
  }

  private static HttpFilter named(ExtAuthz.Builder filter) {
    return HttpFilter.newBuilder()
        .setName(NAME)
        .setTypedConfig(any("envoy.extensions.filters.http.ext_authz.v3.ExtAuthz", filter.build()))
        .build();
  }

  private static HttpFilter shadow(String statPrefix, String... policies) {
    RBAC.Builder rules = RBAC.newBuilder().setAction(RBAC.Action.DENY);
    for (String policy : policies) {
      rules.putPolicies(
          policy,
          io.envoyproxy.envoy.config.rbac.v3.Policy.newBuilder()
              .addPrincipals(Principal.newBuilder().setAny(true))
              .addPermissions(Permission.newBuilder().setAny(true))
              .build());
    }
    return HttpFilter.newBuilder()
        .setName("rbac")
        .setTypedConfig(
            any(
                "envoy.extensions.filters.http.rbac.v3.RBAC",
                io.envoyproxy
                    .envoy
                    .extensions
                    .filters
                    .http
                    .rbac
                    .v3
                    .RBAC
                    .newBuilder()
                    .setShadowRules(rules)
                    .setShadowRulesStatPrefix(statPrefix)
                    .build()))
        .build();
  }

  private static HttpConnectionManager manager(HttpFilter... filters) {
    return HttpConnectionManager.newBuilder().addAllHttpFilters(List.of(filters)).build();
  }

  @Test
  void filter_asIstioWritesIt_isAskedAboutWhatItsShadowRulesFind_whichAreNoDryRun()
      throws Exception {
    HttpConnectionManager manager =
        manager(
            shadow("custom_", "istio-ext-authz-a#0", "istio-ext-authz-a#1", "other"),
            named(filter().setFilterEnabledMetadata(enabledBy("custom_", "istio-ext-authz-"))),
            shadow("", "dry"));

    CustomPolicies policies = ExternalTranslator.translate(manager).get(0);
    assertThat(policies.policies()).extracting(Policy::name).containsExactly("istio-ext-authz-a");
    assertThat(policies.policies().get(0).rules()).hasSize(2);
    Authorization authorization = RbacTranslator.translate(manager);
    assertThat(authorization.deny()).isEmpty();
    assertThat(authorization.dryRun().deny()).extracting(Policy::name).containsExactly("dry");
  }

  @Test
  void filter_withoutMetadata_isAskedAboutAll_withEnvoysDefaults() throws Exception {
    CustomPolicies policies = ExternalTranslator.translate(manager(named(filter()))).get(0);

    assertThat(policies.policies()).extracting(Policy::name).containsExactly(NAME);
    assertThat(policies.provider())
        .isEqualTo(
            new Provider(
                NAME,
                new GlobalPolicy.Server("outbound|9191||opa.infra", "opa.infra:9191"),
                200_000_000,
                false,
                403,
                null));
  }

  @Test
  void filter_saysHowLongAndWhatThen() throws Exception {
    ExtAuthz.Builder filter =
        filter()
            .setFailureModeAllow(true)
            .setStatusOnError(HttpStatus.newBuilder().setCodeValue(503))
            .setAllowedHeaders(
                ListStringMatcher.newBuilder()
                    .addPatterns(StringMatcher.newBuilder().setExact("x-a"))
                    .addPatterns(StringMatcher.newBuilder().setPrefix("x-b")));
    filter.setGrpcService(
        filter.getGrpcService().toBuilder().setTimeout(Duration.newBuilder().setSeconds(1)));

    Provider provider = ExternalTranslator.translate(manager(named(filter))).get(0).provider();
    assertThat(provider.timeoutNanos()).isEqualTo(1_000_000_000);
    assertThat(provider.failOpen()).isTrue();
    assertThat(provider.statusOnError()).isEqualTo(503);
    assertThat(provider.headers())
        .containsExactly(new StringMatch.Exact("x-a"), new StringMatch.Prefix("x-b"));
  }

  @Test
  void whatIsNotDone_isRefusedByName() {
    refused(f -> f.setHttpService(HttpService.getDefaultInstance()), ".http_service");
    refused(f -> f.setWithRequestBody(BufferSettings.getDefaultInstance()), ".with_request_body");
    refused(f -> f.setIncludePeerCertificate(true), ".include_peer_certificate");
    refused(f -> f.addMetadataContextNamespaces("x"), ".metadata_context_namespaces");
    refused(
        f -> f.setFilterEnabledMetadata(MetadataMatcher.newBuilder().setFilter("other")),
        ".filter_enabled_metadata: other (expected: shadow_effective_policy_id of"
            + " envoy.filters.http.rbac)");
    refused(
        f ->
            f.setGrpcService(
                GrpcService.newBuilder()
                    .setEnvoyGrpc(
                        GrpcService.EnvoyGrpc.newBuilder().setClusterName("endomesh-controller"))),
        ".grpc_service.envoy_grpc.cluster_name: 'endomesh-controller' (expected: the cluster of"
            + " who decides)");
  }

  private static void refused(UnaryOperator<ExtAuthz.Builder> change, String message) {
    assertThatThrownBy(() -> ExternalTranslator.translate(manager(named(change.apply(filter())))))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("http_filters[" + NAME + "]" + message);
  }
}
