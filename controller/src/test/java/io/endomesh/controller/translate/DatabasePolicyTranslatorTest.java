package io.endomesh.controller.translate;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.util.Durations;
import io.endomesh.controller.kinds.DatabasePolicy;
import io.endomesh.proto.v1.DatabaseRules;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabasePolicyTranslatorTest {

  private static final String POLICY =
      """
      apiVersion: endomesh.io/v1
      kind: DatabasePolicy
      metadata: {name: %s, namespace: %s}
      spec:
        %s
        statements:
          allow: [{classes: [READ]}, {callers: [orders, "*.ops"], classes: [WRITE]}]
          timeout: 5s
          slowAfter: 500ms
      """;

  private final Models mesh = new Models();

  @BeforeEach
  void database() throws Exception {
    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: orders-entry, namespace: shop}
        spec:
          hosts: [orders-db]
          ports: [{number: 5432}]
          resolution: STATIC
          endpoints: [{address: 10.0.0.9}]
        """);
  }

  @Test
  void policy_ofAHost_goesAlongWithItsRoutes() throws Exception {
    mesh.apply(POLICY.formatted("db", "shop", "hosts: [orders-db]"));

    assertThat(rules(Models.AGENT))
        .isEqualTo(
            DatabaseRules.newBuilder()
                .setName("DatabasePolicy/shop/db")
                .addGrants(
                    DatabaseRules.Grant.newBuilder().addClasses(DatabaseRules.StatementClass.READ))
                .addGrants(
                    DatabaseRules.Grant.newBuilder()
                        .addCallers(
                            DatabaseRules.Caller.newBuilder()
                                .setNamespace("shop")
                                .setService("orders"))
                        .addCallers(DatabaseRules.Caller.newBuilder().setNamespace("ops"))
                        .addClasses(DatabaseRules.StatementClass.WRITE))
                .setStatementTimeout(Durations.fromSeconds(5))
                .setSlowAfter(Durations.fromMillis(500))
                .build());
  }

  @Test
  void policy_forTimesOfTrouble_goesAlongAsWell() throws Exception {
    mesh.apply(
        """
        apiVersion: endomesh.io/v1
        kind: DatabasePolicy
        metadata: {name: db, namespace: shop}
        spec:
          hosts: [orders-db]
          statements:
            maxConcurrent: 20
            maxWait: 100ms
            faults:
              - callers: [orders]
                classes: [WRITE]
                until: 2026-12-01T18:00:00Z
                delay: {fixedDelay: 2s, percentage: {value: 5}}
                abort: {sqlState: "40001"}
          breaker: {slowCalls: {duration: 1s, percent: 80}}
        """);

    assertThat(rules(Models.AGENT))
        .isEqualTo(
            DatabaseRules.newBuilder()
                .setName("DatabasePolicy/shop/db")
                .setLimit(
                    DatabaseRules.Limit.newBuilder()
                        .setMax(20)
                        .setMaxWait(Durations.fromMillis(100)))
                .setBreaker(
                    DatabaseRules.Breaker.newBuilder()
                        .setWindow(Durations.fromSeconds(10))
                        .setMinimumCalls(20)
                        .setFailurePercent(50)
                        .setSlow(Durations.fromSeconds(1))
                        .setSlowPercent(80)
                        .setOpen(Durations.fromSeconds(5))
                        .setHalfOpenCalls(1))
                .addFaults(
                    DatabaseRules.Fault.newBuilder()
                        .addCallers(
                            DatabaseRules.Caller.newBuilder()
                                .setNamespace("shop")
                                .setService("orders"))
                        .addClasses(DatabaseRules.StatementClass.WRITE)
                        .setUntilMillis(Instant.parse("2026-12-01T18:00:00Z").toEpochMilli())
                        .setDelay(
                            DatabaseRules.Delay.newBuilder()
                                .setPerMillion(50_000)
                                .setFixedDelay(Durations.fromSeconds(2)))
                        .setAbort(
                            DatabaseRules.Abort.newBuilder()
                                .setPerMillion(1_000_000)
                                .setSqlState("40001")))
                .build());
  }

  @Test
  void policy_ofAServiceEntry_goesAlongWithItsHosts() throws Exception {
    mesh.apply(POLICY.formatted("db", "shop", "targetRefs: [{name: orders-entry}]"));
    assertThat(rules(Models.AGENT)).isNotNull();
  }

  @Test
  void policy_ofAService_goesAlongWithItsRoutes() throws Exception {
    mesh.workload("pg", "pg-1", "v1", 5432);
    mesh.apply(
        POLICY.formatted("db", "shop", "targetRefs: [{group: '', kind: Service, name: pg}]"));
    assertThat(rules("pg.shop:5432", Models.AGENT)).isNotNull();
  }

  @Test
  void policies_several_theOldestCounts() throws Exception {
    mesh.apply(POLICY.formatted("first", "shop", "hosts: [orders-db]"));
    mesh.apply(POLICY.formatted("a-second", "shop", "hosts: [orders-db]"));
    assertThat(rules(Models.AGENT).getName()).isEqualTo("DatabasePolicy/shop/first");
  }

  @Test
  void policy_ofAnotherNamespace_doesNotCount() throws Exception {
    mesh.apply(POLICY.formatted("db", "finance", "hosts: [orders-db]"));
    assertThat(rules(Models.AGENT)).isNull();
  }

  @Test
  void clientsOfGrpc_getNoRulesTheyWouldReject() throws Exception {
    mesh.apply(POLICY.formatted("db", "shop", "hosts: [orders-db]"));
    assertThat(rules(Models.GRPC)).isNull();
  }

  @Test
  void conditions_sayWhatIsMissing() throws Exception {
    mesh.apply(POLICY.formatted("db", "shop", "hosts: [orders-db, other-db]"));
    MeshModel model = mesh.model();
    DatabasePolicy policy = model.catalog().databasePolicies().get(0);

    RouteConditions.Condition half =
        DatabaseConditions.of(policy, applied(model, service -> false)).get(0);
    assertThat(half.status()).isFalse();
    assertThat(half.reason()).isEqualTo("TargetNotFound");
    assertThat(half.message()).startsWith("no host other-db in namespace shop (expected:");

    assertThat(DatabaseConditions.of(policy, applied(model, service -> true)).get(0).status())
        .isTrue();
  }

  @Test
  void conditions_theYoungerOfTwoForADatabase_isToldOfTheOlder() throws Exception {
    mesh.apply(POLICY.formatted("older", "shop", "hosts: [orders-db]"));
    mesh.apply(POLICY.formatted("younger", "shop", "hosts: [orders-db, example.com]"));
    MeshModel model = mesh.model();
    Applied applied = applied(model, service -> true);
    List<DatabasePolicy> policies = model.catalog().databasePolicies();

    assertThat(DatabaseConditions.of(policies.get(0), applied).get(0).status()).isTrue();
    RouteConditions.Condition younger = DatabaseConditions.of(policies.get(1), applied).get(0);
    assertThat(younger.reason()).isEqualTo("TargetNotFound");

    mesh.apply(
        """
        apiVersion: networking.istio.io/v1
        kind: ServiceEntry
        metadata: {name: elsewhere, namespace: shop}
        spec: {hosts: [example.com], ports: [{number: 5432}]}
        """);
    younger = DatabaseConditions.of(policies.get(1), applied(mesh.model(), service -> true)).get(0);
    assertThat(younger.reason()).isEqualTo("Conflicted");
    assertThat(younger.message())
        .startsWith("older DatabasePolicy shop/older is for orders-db (expected:");
  }

  private static Applied applied(MeshModel model, Predicate<ServiceKey> known) {
    return new Applied(
        known, model.grants(), model.resources().stream().map(AppliedResource::resource).toList());
  }

  private @Nullable DatabaseRules rules(Scope scope) throws Exception {
    return rules("orders-db:5432", scope);
  }

  private @Nullable DatabaseRules rules(String route, Scope scope) throws Exception {
    RouteConfiguration routes = RouteTable.of(mesh.model(), route, scope);
    VirtualHost host = routes.getVirtualHosts(0);
    return host.containsTypedPerFilterConfig(DatabasePolicyTranslator.FILTER)
        ? host.getTypedPerFilterConfigOrThrow(DatabasePolicyTranslator.FILTER)
            .unpack(DatabaseRules.class)
        : null;
  }
}
