package io.endomesh.instrumentation.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.DatabaseCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.TestMesh;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.net.ServerSocket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.h2.tools.Server;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MeshConnectTest {

  private final Mesh mesh = new Mesh(TestMesh.WORKLOAD);
  private final Mesh before = Weaving.mesh();
  private Server server;

  @BeforeEach
  void start() throws SQLException {
    server = Server.createTcpServer("-tcpPort", "0", "-ifNotExists").start();
    Weaving.mesh(mesh);
  }

  @AfterEach
  void stop() {
    server.stop();
    Weaving.mesh(before);
  }

  @Test
  void connect_unknownHost_isLeftToTheDriver() {
    assertThat(MeshConnect.connect(new org.h2.Driver(), url("elsewhere"), new Properties()))
        .isNull();
  }

  @Test
  void connect_logicalHost_failsOverToTheEndpointThatAnswers() throws SQLException, IOException {
    publish(closedPort(), server.getPort());
    for (int i = 0; i < 10; i++) {
      Connected connected =
          MeshConnect.connect(new org.h2.Driver(), url("orders-db"), new Properties());
      assertThat(connected.error()).isNull();
      connected.connection().close();
    }
  }

  @Test
  void connect_noEndpointAnswers_throwsTheDriversError() throws IOException {
    publish(closedPort());
    Connected connected =
        MeshConnect.connect(new org.h2.Driver(), url("orders-db"), new Properties());
    assertThat(connected.error()).isInstanceOf(SQLException.class);
  }

  @Test
  void connect_wrongDatabase_isNotRetried() {
    publish(server.getPort());
    Connected connected =
        MeshConnect.connect(
            new org.h2.Driver(), "jdbc:h2:tcp://orders-db/mem:x;NOSUCH=1", new Properties());
    assertThat(connected.error()).isInstanceOf(SQLException.class);
  }

  @Test
  void execute_isObservedWithTheLogicalDatabase() throws SQLException {
    publish(server.getPort());
    List<String> seen = new ArrayList<>();
    mesh.observer(
        new CallObserver() {
          @Override
          public Object statementStarted(DatabaseCall call) {
            seen.add(call.database().service() + " " + call.statement().summary());
            return null;
          }
        });
    Connected connected =
        MeshConnect.connect(new org.h2.Driver(), url("orders-db"), new Properties());
    try (Connection connection = connected.connection();
        Statement statement = connection.createStatement()) {
      Execution outer = MeshStatement.begin(statement, "SELECT 1 FROM dual");
      MeshStatement.begin(statement, "SELECT 2").end(null);
      outer.end(null);
    }
    assertThat(seen).containsExactly("orders-db SELECT dual");
    assertThat(MeshStatement.EXECUTING.isInside()).isFalse();
  }

  private void publish(Integer... ports) {
    mesh.publish(
        TestMesh.snapshot(
            null,
            "orders-db",
            TestMesh.route(
                TestMesh.cluster(
                    "orders-db",
                    List.of(ports).stream()
                        .map(TestMesh::endpoint)
                        .toArray(io.endomesh.dataplane.cluster.Endpoint[]::new)))));
  }

  private static String url(String host) {
    return "jdbc:h2:tcp://" + host + "/mem:test";
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }
}
