package io.endomesh.xds.translate;

import static io.endomesh.xds.RateLimits.asking;
import static io.endomesh.xds.RateLimits.byExpression;
import static io.endomesh.xds.RateLimits.byHeader;
import static io.endomesh.xds.RateLimits.exact;
import static io.endomesh.xds.RateLimits.global;
import static io.endomesh.xds.RateLimits.limit;
import static io.endomesh.xds.RateLimits.matching;
import static io.endomesh.xds.RateLimits.named;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Duration;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.limit.Descriptor;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitKey;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.core.v3.HeaderValue;
import io.envoyproxy.envoy.config.core.v3.Metadata;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.ratelimit.v3.RateLimitServiceConfig;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.type.v3.HttpStatus;
import io.envoyproxy.envoy.type.v3.StatusCode;
import java.util.List;
import org.junit.jupiter.api.Test;

class GlobalLimitTranslatorTest {

  private static final String NAME = "endomesh/inbound/8080";
  private static final String POLICY = "RateLimitPolicy/shop/orders";
  private static final String CALLER = "connection.uri_san_peer_certificate";

  private static List<GlobalPolicy> policies(Listener listener) throws InvalidResource {
    return ((ListenerResource.Server) ListenerTranslator.translate(listener)).global();
  }

  @Test
  void filter_isAPolicyOfItsName_withEnvoysDefaults() throws Exception {
    GlobalPolicy policy =
        policies(global(NAME, POLICY, asking("a-domain").build(), limit(named("all")))).get(0);

    assertThat(policy.name()).isEqualTo(POLICY);
    assertThat(policy.domain()).isEqualTo("a-domain");
    assertThat(policy.timeoutNanos()).isEqualTo(20_000_000);
    assertThat(policy.deny()).isFalse();
    assertThat(policy.statusOnError()).isEqualTo(500);
    assertThat(policy.limits())
        .containsExactly(
            new GlobalPolicy.Limit(
                "all",
                new io.endomesh.dataplane.authorize.Condition.All(List.of()),
                new LimitKey.None(),
                List.of(new Descriptor.Entry("limit", "all")),
                -1,
                ""));
  }

  @Test
  void filter_whatItSays_isTaken() throws Exception {
    RateLimit filter =
        asking(POLICY)
            .setTimeout(Duration.newBuilder().setNanos(5_000_000))
            .setFailureModeDeny(true)
            .setStatusOnError(HttpStatus.newBuilder().setCode(StatusCode.ServiceUnavailable))
            .build();

    GlobalPolicy policy = policies(global(NAME, POLICY, filter, limit(named("all")))).get(0);

    assertThat(policy.timeoutNanos()).isEqualTo(5_000_000);
    assertThat(policy.deny()).isTrue();
    assertThat(policy.statusOnError()).isEqualTo(503);
  }

  @Test
  void server_isTheClusterWithItsAuthority_orTheClustersNameAsInEnvoy() throws Exception {
    assertThat(server(grpc("endomesh-controller", "")).isController()).isTrue();
    assertThat(server(grpc("outbound|8081||ratelimit.infra", "ratelimit.infra:8081")))
        .isEqualTo(
            new GlobalPolicy.Server("outbound|8081||ratelimit.infra", "ratelimit.infra:8081"));
    assertThat(server(grpc("limits", ""))).isEqualTo(new GlobalPolicy.Server("limits", "limits"));
  }

  private static GlobalPolicy.Server server(GrpcService service) throws InvalidResource {
    RateLimit filter =
        asking(POLICY)
            .setRateLimitService(RateLimitServiceConfig.newBuilder().setGrpcService(service))
            .build();
    return policies(global(NAME, POLICY, filter, limit(named("all")))).get(0).server();
  }

  private static GrpcService grpc(String cluster, String authority) {
    return GrpcService.newBuilder()
        .setEnvoyGrpc(
            GrpcService.EnvoyGrpc.newBuilder().setClusterName(cluster).setAuthority(authority))
        .build();
  }

  @Test
  void limit_withMatchAndKey_knowsWhereTheKeyStands_andItsRateInWords() throws Exception {
    Value rate = Value.newBuilder().setStringValue("9 an hour").build();
    Listener listener =
        global(
                NAME,
                POLICY,
                asking(POLICY).build(),
                limit(named("user"), byHeader("X-User", true), matching(exact("x-a", "1"))),
                limit(named("caller"), byExpression(CALLER)))
            .toBuilder()
            .setMetadata(
                Metadata.newBuilder()
                    .putFilterMetadata("endomesh", nested("rates", POLICY, "user", rate)))
            .build();

    List<GlobalPolicy.Limit> limits = policies(listener).get(0).limits();

    assertThat(limits.get(0).key()).isEqualTo(new LimitKey.Header("x-user"));
    assertThat(limits.get(0).rate()).isEqualTo("9 an hour");
    assertThat(limits.get(0).keyPlace()).isEqualTo(1);
    assertThat(limits.get(0).entries())
        .containsExactly(
            new Descriptor.Entry("limit", "user"),
            new Descriptor.Entry("header", ""),
            new Descriptor.Entry("match", "true"));
    assertThat(limits.get(1).key()).isEqualTo(new LimitKey.Caller());
    assertThat(limits.get(1).rate()).isEmpty();
  }

  private static Struct nested(String first, String second, String third, Value value) {
    Struct limits = Struct.newBuilder().putFields(third, value).build();
    Struct policies =
        Struct.newBuilder()
            .putFields(second, Value.newBuilder().setStructValue(limits).build())
            .build();
    return Struct.newBuilder()
        .putFields(first, Value.newBuilder().setStructValue(policies).build())
        .build();
  }

  @Test
  void filter_whatIsNotUnderstood_isRefusedByItsName() {
    assertRefused(asking(""), "domain: absent");
    assertRefused(
        asking(POLICY).clearRateLimitService(),
        "rate_limit_service.grpc_service.envoy_grpc.cluster_name: absent (expected: the cluster of"
            + " the limit server, or endomesh-controller)");
    assertRefused(
        asking(POLICY)
            .setRateLimitService(
                RateLimitServiceConfig.newBuilder()
                    .setGrpcService(
                        grpc("limits", "").toBuilder()
                            .addInitialMetadata(HeaderValue.newBuilder().setKey("a")))),
        "rate_limit_service.grpc_service.initial_metadata is not supported");
    assertRefused(asking(POLICY).setStage(1), "stage is not supported");
    assertRefused(asking(POLICY).setRequestType("internal"), "request_type is not supported");
    assertRefused(asking(POLICY).setTimeout(Duration.getDefaultInstance()), "timeout: 0");
    assertRefused(
        asking(POLICY).setRateLimitedStatus(HttpStatus.newBuilder().setCode(StatusCode.Forbidden)),
        "rate_limited_status is not supported");
  }

  @Test
  void filter_withoutLimitsAtTheVirtualHost_isRefused() {
    Listener listener =
        io.endomesh.xds.RateLimits.listener(
            NAME,
            POLICY,
            io.endomesh.xds.Xds.any(
                "envoy.extensions.filters.http.ratelimit.v3.RateLimit", asking(POLICY).build()));
    assertThatThrownBy(() -> policies(listener))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("no typed_per_filter_config of this name at the virtual host");
  }

  private static void assertRefused(RateLimit.Builder filter, String message) {
    assertThatThrownBy(() -> policies(global(NAME, POLICY, filter.build(), limit(named("all")))))
        .isInstanceOf(InvalidResource.class)
        .hasMessageContaining("http_filters[" + POLICY + "]")
        .hasMessageContaining(message);
  }
}
