package io.endomesh.xds.translate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.Any;
import com.google.protobuf.Duration;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.DatabasePolicy.Caller;
import io.endomesh.dataplane.database.DatabasePolicy.Grant;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
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
        .hasMessage(FIELD + problem);
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
