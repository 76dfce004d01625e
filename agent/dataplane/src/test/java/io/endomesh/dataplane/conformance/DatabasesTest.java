package io.endomesh.dataplane.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.StatementRefusal;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.DatabasePolicy.Caller;
import io.endomesh.dataplane.database.DatabasePolicy.Grant;
import io.endomesh.dataplane.database.Dialect;
import io.endomesh.dataplane.database.SqlText;
import io.endomesh.dataplane.database.StatementClass;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.route.VirtualHost;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("Databases")
class DatabasesTest extends Conformance {

  private static final String POLICY = "DatabasePolicy/shop/orders-db";

  @Test
  @DisplayName("without a policy every statement is the database's own business")
  void none() {
    publish((DatabasePolicy) null);
    assertThat(refusal("DROP TABLE orders")).isNull();
    publish(new DatabasePolicy(POLICY, List.of(), 5, 0));
    assertThat(refusal("FROB the database")).isNull();
  }

  @Test
  @DisplayName(
      "a statement of a class that its caller is not permitted is refused with SQLState 42501,"
          + " naming the policy (SQLSTATE: insufficient privilege)")
  void refused() {
    publish(grant(null, StatementClass.READ));
    StatementRefusal refusal = refusal("DELETE FROM orders WHERE id = 7");
    assertThat(refusal.sqlState()).isEqualTo("42501");
    assertThat(refusal.policy()).isEqualTo(POLICY);
    assertThat(refusal.message())
        .isEqualTo(
            "a statement of class WRITE by shop/web is not allowed by "
                + POLICY
                + " (expected: READ): DELETE orders");
    assertThat(refusal("SELECT id FROM orders")).isNull();
  }

  @Test
  @DisplayName("a caller is permitted what all that name it permit together; others nothing")
  void callers() {
    publish(
        grant(new Caller("shop", "web"), StatementClass.READ),
        grant(new Caller("shop", null), StatementClass.WRITE),
        grant(new Caller("shop", "orders"), StatementClass.DDL),
        grant(new Caller("finance", null), StatementClass.CALL));
    assertThat(refusal("SELECT 1")).isNull();
    assertThat(refusal("DELETE FROM orders")).isNull();
    assertThat(refusal("DROP TABLE orders")).isNotNull();
    assertThat(refusal("CALL settle()")).isNotNull();
    publish(grant(new Caller("finance", null), StatementClass.READ));
    assertThat(refusal("SELECT 1").message()).contains("(expected: none)");
  }

  @Test
  @DisplayName("several statements in one text need what each of them needs")
  void several() {
    publish(grant(null, StatementClass.READ));
    assertThat(refusal("SELECT 1; DELETE FROM orders")).isNotNull();
    publish(grant(null, StatementClass.READ, StatementClass.WRITE));
    assertThat(refusal("SELECT 1; DELETE FROM orders")).isNull();
  }

  @Test
  @DisplayName("a statement of no known class is refused by every guard, whatever it permits")
  void unknown() {
    publish(
        grant(
            null,
            StatementClass.READ,
            StatementClass.WRITE,
            StatementClass.DDL,
            StatementClass.CALL));
    assertThat(refusal("FROB the database")).isNotNull();
    assertThat(refusal("SELECT 'never ended")).isNotNull();
  }

  @Test
  @DisplayName("what begins and ends a transaction is permitted to everybody")
  void control() {
    publish(grant(new Caller("finance", null), StatementClass.READ));
    assertThat(refusal("BEGIN")).isNull();
    assertThat(refusal("COMMIT")).isNull();
  }

  @Test
  @DisplayName("the newest policy holds, also on a connection that was opened before it")
  void newest() {
    publish(grant(null, StatementClass.READ, StatementClass.WRITE));
    assertThat(refusal("DELETE FROM orders")).isNull();
    publish(grant(null, StatementClass.READ));
    assertThat(refusal("DELETE FROM orders")).isNotNull();
  }

  @Test
  @DisplayName("a statement is slow from the policy's time on; without one none is")
  void slow() {
    publish(new DatabasePolicy(POLICY, List.of(), 0, millis(500)));
    assertThat(statement("SELECT 1").isSlow(millis(500))).isTrue();
    assertThat(statement("SELECT 1").isSlow(millis(499))).isFalse();
    publish((DatabasePolicy) null);
    assertThat(statement("SELECT 1").isSlow(millis(500))).isFalse();
  }

  private void publish(Grant... grants) {
    publish(new DatabasePolicy(POLICY, List.of(grants), 0, 0));
  }

  private void publish(@Nullable DatabasePolicy policy) {
    VirtualHost host = new VirtualHost("orders-db.shop", List.of(TestMesh.route(orders)), policy);
    mesh.publish(new Snapshot(1, Map.of("orders-db:5432", host), Inbound.OPEN, null));
  }

  private static Grant grant(@Nullable Caller caller, StatementClass... classes) {
    return new Grant(caller == null ? List.of() : List.of(caller), StatementClasses.of(classes));
  }

  private DatabaseCall statement(String sql) {
    Database database =
        new Database(
            "postgresql", "orders-db.shop", "Orders-DB", 5432, "shop", "orders-db:5432", null);
    return mesh.statement(database, SqlText.describe(sql, Dialect.POSTGRESQL), 1);
  }

  private StatementRefusal refusal(String sql) {
    return statement(sql).refusal();
  }
}
