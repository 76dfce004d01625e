package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that has its connections from a pool, whichever pool it
 * is. Held to the whole of its contract is the driver underneath.
 */
@Contract("JDBC pool")
public abstract class JdbcPoolContract extends JdbcPoolPromises {

  @Test
  void pool_openedToReadOnly_goesToAReplica() throws SQLException {
    Relay primary = open(relay());
    Relay replica = open(relay());
    routes.roles(
        HOST,
        TestRoutes.cluster("primary", primary.endpoint()),
        TestRoutes.cluster("replicas", replica.endpoint()));

    try (Pool pool = database().pool(database().readOnly(HOST), 1);
        Connection connection = pool.connection()) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
    assertThat(primary.connections()).isZero();
    assertThat(replica.connections()).isPositive();
  }

  @Test
  void pool_endpointRefuses_isFilledFromAnother() throws Exception {
    Relay server = open(relay());
    routes.host(HOST, refusing(), server.endpoint());

    try (Pool pool = database().pool(database().url(HOST), 3);
        Connection connection = pool.connection()) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
      Await.until("all connections of the pool", () -> server.connections() >= 3);
    }
  }
}
