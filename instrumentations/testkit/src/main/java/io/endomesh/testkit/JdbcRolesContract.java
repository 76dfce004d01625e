package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterPolicy;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.cluster.Limits;
import io.endomesh.dataplane.cluster.OutlierDetection;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Which endpoint of a database a connection goes to, if they are not all the same. */
abstract class JdbcRolesContract extends JdbcTroubleContract {

  @Test
  void connection_openedToReadOnly_goesToAReplica() throws SQLException {
    Relay primary = open(relay());
    Relay replica = open(relay());
    routes.roles(
        HOST,
        failingOver("primary", primary.endpoint()),
        failingOver("replicas", replica.endpoint()));

    try (Connection writing = connect(database().url(HOST));
        Connection reading = connect(database().readOnly(HOST))) {
      assertThat(one(writing, "SELECT 1")).isEqualTo("1");
      assertThat(one(reading, "SELECT 2")).isEqualTo("2");
    }
    assertThat(primary.connections()).isEqualTo(1);
    assertThat(replica.connections()).isEqualTo(1);
  }

  @Test
  void primary_doesNotAnswer_connectionsGoToTheNextAndStayWithIt() throws Exception {
    Endpoint first = refusing();
    Relay next = open(relay());
    routes.roles(
        HOST,
        failingOver(
            "primary",
            TestRoutes.endpoint(first.address().getPort(), 0),
            TestRoutes.endpoint(next.port(), 1)),
        failingOver("replicas"));

    for (int i = 0; i < 5; i++) {
      connect(database().url(HOST)).close();
    }

    assertThat(next.connections()).isEqualTo(5);
    assertThat(attempts()).as("the first is asked once").hasSize(6);
  }

  @Test
  void primaries_noneAnswers_theOneThatComesBackIsFound() throws Exception {
    int port = refusing().address().getPort();
    routes.roles(
        HOST, failingOver("primary", TestRoutes.endpoint(port, 0)), failingOver("replicas"));
    failure(database().url(HOST));

    open(Relay.at(port, database().server().port()));

    try (Connection connection = connect(database().url(HOST))) {
      assertThat(one(connection, "SELECT 1")).isEqualTo("1");
    }
  }

  /** As the controller makes the clusters of roles: one that does not answer is left out. */
  private static Cluster failingOver(String name, Endpoint... endpoints) {
    return TestRoutes.cluster(
        name,
        new ClusterPolicy(
            null,
            Balancing.DEFAULT,
            Limits.DEFAULT,
            new OutlierDetection(
                0,
                0,
                1,
                TimeUnit.SECONDS.toNanos(1),
                TimeUnit.SECONDS.toNanos(30),
                TimeUnit.SECONDS.toNanos(30),
                100,
                null,
                null),
            ClusterPolicy.DEFAULT_PANIC_PERCENT),
        endpoints);
  }
}
