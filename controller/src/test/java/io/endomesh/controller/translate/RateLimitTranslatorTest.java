package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.translate.RouteConditions.Condition;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.core.v3.GrpcService;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimit;
import io.envoyproxy.envoy.extensions.filters.http.ratelimit.v3.RateLimitPerRoute;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RateLimitTranslatorTest {

  private static final String POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: RateLimitPolicy
      metadata: {name: orders, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: orders}]
        limits:
          - name: writes
            match: {path: {type: PathPrefix, value: /api/}, method: POST, headers: [{name: X-Plan, value: free}]}
            requests: 10
            per: 1s
            burst: 20
            key: caller
      """;

  private final Models mesh = new Models();

  @Test
  void limit_withMatchAndKey_isDescribedByActions_andHasABucketWithAndWithoutTheKey()
      throws Exception {
    mesh.apply(POLICY);

    LocalRateLimit filter = filter(filters("orders").get(0));

    assertThat(filter.getRateLimitsList().toString())
        .isEqualTo(
            """
            [actions {
              generic_key {
                descriptor_value: "writes"
                descriptor_key: "limit"
              }
            }
            actions {
              header_value_match {
                descriptor_value: "true"
                headers {
                  name: ":path"
                  string_match {
                    safe_regex {
                      regex: "\\\\Q/api\\\\E([/?].*)?"
                    }
                  }
                }
                headers {
                  name: ":method"
                  string_match {
                    exact: "POST"
                  }
                }
                headers {
                  name: "x-plan"
                  string_match {
                    exact: "free"
                  }
                }
                descriptor_key: "match"
              }
            }
            actions {
              extension {
                name: "envoy.rate_limit_descriptors.expr"
                typed_config {
                  type_url: "type.googleapis.com/envoy.extensions.rate_limit_descriptors.expr.v3.Descriptor"
                  value: "\\n\\006caller\\020\\001\\032#connection.uri_san_peer_certificate"
                }
              }
            }
            ]\
            """);
    assertThat(filter.getDescriptorsCount()).isEqualTo(2);
    assertThat(filter.getDescriptors(1).toString())
        .isEqualTo(
            """
            entries {
              key: "limit"
              value: "writes"
            }
            entries {
              key: "match"
              value: "true"
            }
            entries {
              key: "caller"
            }
            token_bucket {
              max_tokens: 20
              tokens_per_fill {
                value: 10
              }
              fill_interval {
                seconds: 1
              }
            }
            """);
    assertThat(filter.getDescriptors(0).getEntriesCount()).isEqualTo(2);
    assertThat(filter.getDescriptors(0).getTokenBucket())
        .isEqualTo(filter.getDescriptors(1).getTokenBucket());
    // Envoy's defaults are 0 %: a filter that does nothing.
    assertThat(filter.getFilterEnabled().getDefaultValue().getNumerator()).isEqualTo(100);
    assertThat(filter.getFilterEnforced().getDefaultValue().getNumerator()).isEqualTo(100);
    assertThat(filter.getRateLimitedAsResourceExhausted()).isTrue();
  }

  @Test
  void limit_ofEverythingWithoutKey_isOneBucketOfItsRequests() throws Exception {
    mesh.apply(POLICY.replaceAll("(?m)^ +(match|burst|key): .*\n", ""));

    LocalRateLimit filter = filter(filters("orders").get(0));

    assertThat(filter.getDescriptorsCount()).isEqualTo(1);
    assertThat(filter.getDescriptors(0).getTokenBucket().getMaxTokens()).isEqualTo(10);
    assertThat(filter.getRateLimits(0).getActionsCount()).isEqualTo(1);
  }

  @Test
  void policy_isForWorkloadsOfTheServicesItNames_inItsNamespaceOnly() throws Exception {
    mesh.apply(POLICY);

    assertThat(filters("orders")).hasSize(1);
    assertThat(filters("payments")).isEmpty();
    Scope elsewhere = new Scope("finance", Map.of("app", "orders"), Scope.Dialect.AGENT);
    assertThat(filters(elsewhere)).isEmpty();
  }

  @Test
  void policy_forADeclaredService_isForTheWorkloadsThatItSelects() throws Exception {
    mesh.apply(POLICY)
        .apply(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: orders, namespace: shop}
            spec: {selector: {app: orders, version: v2}}
            """);

    assertThat(filters("orders")).isEmpty();
    Scope v2 = new Scope("shop", Map.of("app", "orders", "version", "v2"), Scope.Dialect.AGENT);
    assertThat(filters(v2)).hasSize(1);
  }

  @Test
  void filters_standAfterAuthorization_oldestFirst() throws Exception {
    mesh.apply(POLICY)
        .apply(POLICY.replace("{name: orders, namespace", "{name: a-later-one, namespace"))
        .apply(
            """
            apiVersion: security.istio.io/v1
            kind: AuthorizationPolicy
            metadata: {name: callers, namespace: shop}
            spec: {}
            """);

    assertThat(all(scope("orders")).stream().map(HttpFilter::getName))
        .containsExactly(
            "envoy.filters.http.rbac.ALLOW",
            "RateLimitPolicy/shop/orders",
            "RateLimitPolicy/shop/a-later-one",
            "envoy.filters.http.router");
  }

  @Test
  void policy_ofAllInstances_asksTheController_afterTheLimitsOfEachWorkload() throws Exception {
    mesh.apply(
            POLICY
                .replace("  limits:", "  scope: Global\n  timeout: 50ms\n  limits:")
                .replace("{name: orders, namespace", "{name: all, namespace"))
        .apply(POLICY);

    List<HttpFilter> filters = filters("orders");

    assertThat(filters.stream().map(HttpFilter::getName))
        .containsExactly("RateLimitPolicy/shop/orders", "RateLimitPolicy/shop/all");
    assertThat(filters.get(1).getTypedConfig().unpack(RateLimit.class).toString())
        .isEqualTo(
            """
            domain: "RateLimitPolicy/shop/all"
            timeout {
              nanos: 50000000
            }
            rate_limited_as_resource_exhausted: true
            rate_limit_service {
              grpc_service {
                envoy_grpc {
                  cluster_name: "endomesh-controller"
                }
              }
              transport_api_version: V3
            }
            enable_x_ratelimit_headers: DRAFT_VERSION_03
            status_on_error {
              code: ServiceUnavailable
            }
            """);
    Listener listener = listener(scope("orders"));
    RateLimitPerRoute calls =
        manager(listener)
            .getRouteConfig()
            .getVirtualHosts(0)
            .getTypedPerFilterConfigOrThrow("RateLimitPolicy/shop/all")
            .unpack(RateLimitPerRoute.class);
    assertThat(calls.getRateLimitsList()).isEqualTo(filter(filters.get(0)).getRateLimitsList());
    assertThat(listener.getMetadata().toString()).contains("10 requests in 1 s, 20 at once");
  }

  @Test
  void conditions_targetNotInTheMesh_isNamed() throws Exception {
    var policy = ResourceParser.parse(ResourceParser.documents(POLICY).get(0)).resource();
    ReferenceGrants none = mesh.model().referenceGrants();

    assertThat(RouteConditions.of(policy, new Applied(key -> true, none, List.of())))
        .containsExactly(new Condition("Accepted", true, "Accepted", ""));
    assertThat(RouteConditions.of(policy, new Applied(key -> false, none, List.of())))
        .containsExactly(
            new Condition(
                "Accepted",
                false,
                "TargetNotFound",
                "targetRefs: no service shop/orders (expected: one that joined, or a v1 Service);"
                    + " it has no effect until it joins"));
  }

  @Test
  void policy_withAServer_asksItsCluster_underItsName_andSaysNoRates() throws Exception {
    mesh.apply(ASKING);

    assertThat(asked().toString())
        .isEqualTo(
            """
            cluster_name: "outbound|8081||ratelimit.infra"
            authority: "ratelimit.infra:8081"
            """);
    assertThat(filters("orders").get(0).getTypedConfig().unpack(RateLimit.class).getDomain())
        .isEqualTo("shop");
    assertThat(listener(scope("orders")).hasMetadata()).isFalse();
    assertThat(GlobalLimit.of(mesh.model())).isEmpty();
  }

  @Test
  void server_ofAServiceEntry_isItsCluster_alsoIfOnlyDnsKnowsIt() throws Exception {
    mesh.apply(ASKING.replace("ratelimit.infra", "limits.example.com"))
        .apply(
            """
            apiVersion: networking.istio.io/v1
            kind: ServiceEntry
            metadata: {name: limits, namespace: shop}
            spec:
              hosts: [limits.example.com]
              ports: [{number: 8081, name: grpc, protocol: GRPC}]
              resolution: DNS
            """);

    assertThat(asked().getClusterName()).isEqualTo("outbound|8081||limits.example.com");
    assertThat(asked().getAuthority()).isEqualTo("limits.example.com:8081");
    Cluster cluster =
        ClusterTranslator.cluster(mesh.model(), asked().getClusterName(), Scope.Dialect.AGENT);
    assertThat(cluster.getType()).isEqualTo(Cluster.DiscoveryType.STRICT_DNS);
    assertThat(cluster.getLoadAssignment().toString()).contains("limits.example.com");
  }

  private GrpcService.EnvoyGrpc asked() throws Exception {
    return filters("orders")
        .get(0)
        .getTypedConfig()
        .unpack(RateLimit.class)
        .getRateLimitService()
        .getGrpcService()
        .getEnvoyGrpc();
  }

  @Test
  void conditions_serverNotInTheMesh_isNamed_withWhatHappensMeanwhile() throws Exception {
    var policy = ResourceParser.parse(ResourceParser.documents(ASKING).get(0)).resource();
    ReferenceGrants none = mesh.model().referenceGrants();

    assertThat(RouteConditions.of(policy, new Applied(key -> true, none, List.of())).get(1))
        .isEqualTo(new Condition("ResolvedRefs", true, "ResolvedRefs", ""));
    assertThat(
            RouteConditions.of(
                    policy, new Applied(key -> key.name().equals("orders"), none, List.of()))
                .get(1))
        .isEqualTo(
            new Condition(
                "ResolvedRefs",
                false,
                "BackendNotFound",
                "server: no service infra/ratelimit (expected: one that joined, or a v1 Service);"
                    + " calls that it should count are refused until it is there"));
    assertThat(server("limits.example.com", "").message())
        .startsWith("server: no host limits.example.com (expected: a service, or a host of a");
    assertThat(server("limits.example.com", "resolution: NONE").message())
        .startsWith("server: ServiceEntry shop/limits has resolution NONE (expected: STATIC or");
    assertThat(server("limits.example.com", "resolution: DNS").status()).isTrue();
  }

  private Condition server(String host, String entry) throws Exception {
    String limits = ASKING.replace("ratelimit.infra", host);
    var policy = ResourceParser.parse(ResourceParser.documents(limits).get(0)).resource();
    String yaml =
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: limits, namespace: shop}
        spec:
          hosts: [HOST]
          ports: [{number: 8081, name: grpc, protocol: GRPC}]
          ENTRY
        """;
    List<MeshResource> entries =
        entry.isEmpty()
            ? List.of()
            : List.of(
                ResourceParser.parse(
                        ResourceParser.documents(yaml.replace("HOST", host).replace("ENTRY", entry))
                            .get(0))
                    .resource());
    return RouteConditions.of(
            policy, new Applied(key -> false, mesh.model().referenceGrants(), entries))
        .get(1);
  }

  private static final String ASKING =
      """
      apiVersion: endomesh.io/v1
      kind: RateLimitPolicy
      metadata: {name: asking, namespace: shop}
      spec:
        targetRefs: [{group: "", kind: Service, name: orders}]
        scope: Global
        server: {host: ratelimit.infra, port: 8081, domain: shop}
        failClosed: true
        limits: [{name: each, key: caller}]
      """;

  private static Scope scope(String service) {
    return new Scope("shop", Map.of("app", service), Scope.Dialect.AGENT);
  }

  private List<HttpFilter> filters(String service) throws Exception {
    return filters(scope(service));
  }

  private List<HttpFilter> filters(Scope scope) throws Exception {
    return all(scope).stream()
        .filter(filter -> filter.getName().startsWith("RateLimitPolicy/"))
        .toList();
  }

  private List<HttpFilter> all(Scope scope) throws InvalidProtocolBufferException {
    return manager(listener(scope)).getHttpFiltersList();
  }

  private Listener listener(Scope scope) {
    return Objects.requireNonNull(
        InboundTranslator.listener(mesh.model(), "endomesh/inbound/8080", scope));
  }

  private static HttpConnectionManager manager(Listener listener)
      throws InvalidProtocolBufferException {
    return listener
        .getFilterChains(0)
        .getFilters(0)
        .getTypedConfig()
        .unpack(HttpConnectionManager.class);
  }

  private static LocalRateLimit filter(HttpFilter filter) throws InvalidProtocolBufferException {
    return filter.getTypedConfig().unpack(LocalRateLimit.class);
  }
}
