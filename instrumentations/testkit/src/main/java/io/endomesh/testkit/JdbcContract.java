package io.endomesh.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/**
 * What the mesh promises to an application that uses a database, whichever driver it has. A driver
 * inherits the promises by saying how its URLs are written.
 */
@Contract("JDBC driver")
public abstract class JdbcContract extends JdbcRolesContract {

  @Test
  void pool_connectionsAndStatements_areThoseOfTheMesh() throws Exception {
    Set<String> before = threadsOfTheAgent();
    Relay server = open(relay());
    routes.host(HOST, server.endpoint());
    try (Pool pool = database().pool(database().url(HOST), 2)) {
      for (int i = 0; i < 10; i++) {
        try (Connection connection = pool.connection();
            PreparedStatement insert =
                connection.prepareStatement("INSERT INTO orders (item) VALUES (?)")) {
          insert.setString(1, "secret");
          insert.executeUpdate();
        }
      }
      Await.until("second connection of the pool", () -> server.connections() == 2);
    }
    assertThat(executions).hasSize(10).allMatch(each -> each.summary().equals("INSERT orders"));
    assertThat(executions)
        .allMatch(each -> (HOST + ".default").equals(each.call().database().service()));
    assertThat(threadsOfTheAgent()).isEqualTo(before);
  }

  @Test
  void pool_endpointGoesAway_newConnectionsGoToAnother() throws Exception {
    Relay leaving = relay();
    routes.host(HOST, leaving.endpoint());
    try (Pool pool = database().pool(database().url(HOST), 1)) {
      Connection broken = pool.connection();
      assertThat(one(broken, "SELECT 1")).isEqualTo("1");
      routes.host(HOST, leaving.endpoint(), real());
      leaving.close();
      assertThatThrownBy(() -> one(broken, "SELECT 2")).isInstanceOf(SQLException.class);
      giveBack(broken);
      try (Connection connection = pool.connection()) {
        assertThat(one(connection, "SELECT 3")).isEqualTo("3");
      }
    }
  }

  /** A broken one goes back as well; some drivers say once more that it is broken. */
  private static void giveBack(Connection broken) {
    try {
      broken.close();
    } catch (SQLException again) {
      assertThat(again.getSQLState()).isNotNull();
    }
  }

  @Test
  void application_seesWhatItSeesWithoutAnAgent() throws Exception {
    List<String> without = transcriptWithoutAgent();
    routes.host(HOST, real());
    for (String url : List.of(direct(), database().url(HOST))) {
      try (Connection connection = connect(url)) {
        assertThat(JdbcTranscript.of(connection)).isEqualTo(without);
      }
    }
    assertThat(without).hasSizeGreaterThan(30);
  }

  private List<String> transcriptWithoutAgent() throws Exception {
    Path ours =
        Path.of(JdbcTranscript.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                ours + File.pathSeparator + database().classPath(),
                JdbcTranscript.class.getName(),
                direct(),
                database().server().user(),
                database().server().password())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output.lines().toList();
  }
}
