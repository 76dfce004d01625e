package io.endomesh.demo.conformance;

import io.endomesh.testkit.database.DatabaseServer;
import io.endomesh.testkit.database.H2Server;
import io.endomesh.testkit.database.MariaDbServer;
import io.endomesh.testkit.database.PostgresServer;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import org.h2.Driver;

/** A driver, and the server it speaks to, in the words of each. */
enum DatabaseKind {
  POSTGRESQL("jdbc:postgresql://%s/shop", "SELECT pg_sleep(%s)", "SELECT pg_sleep(30)"),
  // The server is the test's own on loopback and has no certificate. That an endpoint which has to
  // prove an identity is refused, and not reached in plaintext, is held by JdbcConnectionContract.
  MARIADB("jdbc:mariadb://%s/shop?sslMode=disable", "SELECT SLEEP(%s)", "SELECT SLEEP(30)"),
  MYSQL("jdbc:mysql://%s/shop?serverTimezone=UTC", "SELECT SLEEP(%s)", "SELECT SLEEP(30)"),
  H2(
      "jdbc:h2:tcp://%s/mem:shop;DB_CLOSE_DELAY=-1",
      "SELECT nap(%s)",
      "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 10000000) a, SYSTEM_RANGE(1, 100000) b"
          + " WHERE a.x + b.x = 0");

  private static final String USER = "shop";
  private static final String PASSWORD = "shop-password";

  private final String url;
  private final String nap;
  private final String endless;

  DatabaseKind(String url, String nap, String endless) {
    this.url = url;
    this.nap = nap;
    this.endless = endless;
  }

  String url(String authority) {
    return url.formatted(authority);
  }

  /** A query that takes so long. */
  String nap(String seconds) {
    return nap.formatted(seconds);
  }

  /** A query that takes half a minute and more, unless it is ended. */
  String endless() {
    return endless;
  }

  /**
   * A server that says its name to who selects it from {@code place}.
   *
   * @param directory that exists and is empty
   */
  DatabaseServer start(Path directory, String name) throws IOException, SQLException {
    DatabaseServer server =
        switch (this) {
          case POSTGRESQL ->
              PostgresServer.installed().orElseThrow().start(directory, USER, PASSWORD, "shop");
          case MARIADB, MYSQL ->
              MariaDbServer.installed().orElseThrow().start(directory, USER, PASSWORD, "shop");
          case H2 -> H2Server.start(directory, jarOfH2(), USER, PASSWORD, "mem:shop");
        };
    try (Connection connection =
            DriverManager.getConnection(url("127.0.0.1:" + server.port()), USER, PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE place (name VARCHAR(20))");
      statement.execute("INSERT INTO place VALUES ('" + name + "')");
      if (this == H2) {
        // What pg_sleep and SLEEP are to the others: a statement that takes time in the server.
        statement.execute(
            "CREATE ALIAS nap AS 'double nap(double seconds) throws Exception"
                + " { Thread.sleep((long) (seconds * 1000)); return seconds; }'");
      }
    } catch (SQLException e) {
      server.close();
      throw e;
    }
    return server;
  }

  private static String jarOfH2() {
    return Path.of(
            URI.create(Driver.class.getProtectionDomain().getCodeSource().getLocation().toString()))
        .toString();
  }

  /** The Debian package that is missing here; empty if none is. */
  String missing() {
    return switch (this) {
      case POSTGRESQL -> PostgresServer.installed().isPresent() ? "" : "postgresql";
      case MARIADB, MYSQL -> MariaDbServer.installed().isPresent() ? "" : "mariadb-server";
      case H2 -> "";
    };
  }
}
