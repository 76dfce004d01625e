package io.endomesh.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.DatabasePolicy.Caller;
import io.endomesh.dataplane.database.DatabasePolicy.Grant;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.database.StatementFault;
import io.endomesh.dataplane.database.StatementLimit;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.Share;
import io.endomesh.proto.v1.DatabaseRules;
import io.envoyproxy.envoy.config.route.v3.Route;
import io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.envoyproxy.envoy.config.route.v3.VirtualHost;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class DatabaseTranslatorTest {

  private static final String FIELD = "orders-db.typed_per_filter_config[endomesh.database]";

  @Test
  void rules_ofAHost_areItsPolicy() throws InvalidResource {
    DatabaseRules rules =
        DatabaseRules.newBuilder()
            .setName("DatabasePolicy/shop/db")
            .addGrants(
                DatabaseRules.Grant.newBuilder()
                    .addCallers(DatabaseRules.Caller.newBuilder().setNamespace("ops"))
                    .addCallers(
                        DatabaseRules.Caller.newBuilder().setNamespace("shop").setService("web"))
                    .addClasses(DatabaseRules.StatementClass.READ)
                    .addClasses(DatabaseRules.StatementClass.WRITE)
                    .addClasses(DatabaseRules.StatementClass.DDL)
                    .addClasses(DatabaseRules.StatementClass.CALL))
            .setStatementTimeout(Duration.newBuilder().setSeconds(5))
            .setSlowAfter(Duration.newBuilder().setNanos(500_000_000))
            .build();

    assertThat(translate(rules))
        .isEqualTo(
            new DatabasePolicy(
                "DatabasePolicy/shop/db",
                List.of(
                    new Grant(
                        List.of(new Caller("ops", null), new Caller("shop", "web")),
                        StatementClasses.of(
                            StatementClass.READ,
                            StatementClass.WRITE,
                            StatementClass.DDL,
                            StatementClass.CALL))),
                5,
                500_000_000));
  }

  @Test
  void rules_forTimesOfTrouble_areThePolicysAsWell() throws InvalidResource {
    DatabaseRules rules =
        DatabaseRules.newBuilder()
            .setName("DatabasePolicy/shop/db")
            .setLimit(DatabaseRules.Limit.newBuilder().setMax(20).setMaxWait(millis(100)))
            .setBreaker(BREAKER.toBuilder().setSlow(millis(500)).setSlowPercent(80))
            .addFaults(
                DatabaseRules.Fault.newBuilder()
                    .addCallers(
                        DatabaseRules.Caller.newBuilder().setNamespace("shop").setService("web"))
                    .addClasses(DatabaseRules.StatementClass.WRITE)
                    .setUntilMillis(1_764_612_000_000L)
                    .setDelay(
                        DatabaseRules.Delay.newBuilder()
                            .setPerMillion(50_000)
                            .setFixedDelay(millis(200))))
            .addFaults(
                DatabaseRules.Fault.newBuilder()
                    .setAbort(
                        DatabaseRules.Abort.newBuilder()
                            .setPerMillion(1_000_000)
                            .setSqlState("40001")))
            .build();

    assertThat(translate(rules))
        .isEqualTo(
            new DatabasePolicy(
                "DatabasePolicy/shop/db",
                List.of(),
                0,
                0,
                new StatementLimit(20, 100_000_000),
                new Breaker(
                    "DatabasePolicy/shop/db",
                    10_000_000_000L,
                    20,
                    50,
                    500_000_000,
                    80,
                    5_000_000_000L,
                    1),
                List.of(
                    new StatementFault(
                        List.of(new Caller("shop", "web")),
                        StatementClasses.of(StatementClass.WRITE),
                        1_764_612_000_000L,
                        new Fault.Delay(new Share(50_000), 200_000_000),
                        null),
                    new StatementFault(
                        List.of(),
                        StatementClasses.NONE,
                        StatementFault.FOREVER,
                        null,
                        new StatementFault.Abort(Share.ALL, "40001")))));
    assertThat(
            translate(
                rules.toBuilder()
                    .setLimit(DatabaseRules.Limit.newBuilder().setMax(1))
                    .setBreaker(BREAKER)
                    .build()))
        .satisfies(
            policy -> {
              assertThat(policy.limit()).isEqualTo(new StatementLimit(1, 0));
              assertThat(policy.breaker().slowNanos()).isZero();
            });
  }

  /** With the controller's defaults. */
  private static final DatabaseRules.Breaker BREAKER =
      DatabaseRules.Breaker.newBuilder()
          .setWindow(Duration.newBuilder().setSeconds(10))
          .setMinimumCalls(20)
          .setFailurePercent(50)
          .setOpen(Duration.newBuilder().setSeconds(5))
          .setHalfOpenCalls(1)
          .build();

  private static Duration millis(int millis) {
    return Duration.newBuilder().setNanos(millis * 1_000_000).build();
  }

  @Test
  void rules_none_areNoPolicy() throws InvalidResource {
    assertThat(translate((Any) null)).isNull();
  }

  @Test
  void rules_wrong_areRefusedByField() {
    DatabaseRules.Builder named = DatabaseRules.newBuilder().setName("p");
    refused(DatabaseRules.newBuilder(), ".name: absent (expected: the policy's name)");
    refused(
        named.clone().setStatementTimeout(Duration.newBuilder().setNanos(1)),
        ".statement_timeout: 1 ns (expected: whole seconds)");
    refused(
        named.clone().setStatementTimeout(Duration.newBuilder().setSeconds(86_401)),
        ".statement_timeout: 86401 (expected: 1 to 86400)");
    refused(
        named.clone().setSlowAfter(Duration.getDefaultInstance()),
        ".slow_after: 0 s (expected: > 0)");
    refused(
        named.clone().setLimit(DatabaseRules.Limit.getDefaultInstance()),
        ".limit.max: 0 (expected: 1");
    refused(
        named.clone().setBreaker(BREAKER.toBuilder().setFailurePercent(101)),
        ".breaker.failure_percent: 101 (expected: 1 to 100)");
    refused(
        named.clone().setBreaker(BREAKER.toBuilder().clearWindow()),
        ".breaker.window: 0 s (expected: > 0)");
    refused(
        named
            .clone()
            .addFaults(
                DatabaseRules.Fault.newBuilder()
                    .setAbort(DatabaseRules.Abort.newBuilder().setSqlState("4001"))),
        ".faults[0].abort.sql_state: '4001' (expected: five characters)");
    refused(
        named
            .clone()
            .addFaults(
                DatabaseRules.Fault.newBuilder()
                    .setDelay(
                        DatabaseRules.Delay.newBuilder()
                            .setPerMillion(1_000_001)
                            .setFixedDelay(millis(1)))),
        ".faults[0].delay.per_million: 1000001 (expected: 0 to 1000000)");
    // What a newer controller permits is not permitted by an agent that cannot tell it apart.
    refused(
        named.clone().addGrants(DatabaseRules.Grant.newBuilder().addClassesValue(9)),
        ".grants[0].classes: 9 (expected: READ, WRITE, DDL or CALL)");
    refused(
        named
            .clone()
            .addGrants(
                DatabaseRules.Grant.newBuilder()
                    .addCallers(DatabaseRules.Caller.getDefaultInstance())),
        ".grants[0].callers.namespace: absent (expected: a namespace)");
  }

  private static void refused(DatabaseRules.Builder rules, String problem) {
    assertThatThrownBy(() -> translate(rules.build()))
        .isInstanceOf(InvalidResource.class)
        .hasMessageStartingWith(FIELD + problem);
  }

  private static @Nullable DatabasePolicy translate(DatabaseRules rules) throws InvalidResource {
    return translate(
        Any.newBuilder()
            .setTypeUrl("type.googleapis.com/endomesh.v1.DatabaseRules")
            .setValue(rules.toByteString())
            .build());
  }

  private static @Nullable DatabasePolicy translate(@Nullable Any config) throws InvalidResource {
    VirtualHost.Builder host =
        VirtualHost.newBuilder()
            .setName("orders-db")
            .addDomains("*")
            .addRoutes(
                Route.newBuilder()
                    .setMatch(RouteMatch.newBuilder().setPrefix("/"))
                    .setRoute(RouteAction.newBuilder().setCluster("c")));
    if (config != null) {
      host.putTypedPerFilterConfig(DatabaseTranslator.FILTER, config);
    }
    return RouteTranslator.translate(
            RouteConfiguration.newBuilder().setName("r").addVirtualHosts(host).build())
        .hosts()
        .get(0)
        .database();
  }
}
