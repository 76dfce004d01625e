package io.endomesh.contracts.jdbc;

import io.endomesh.dataplane.identity.TestAuthority;
import io.endomesh.testkit.JdbcTlsContract;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.TestRoutes;
import io.endomesh.testkit.database.H2Server;
import io.endomesh.testkit.database.MariaDbServer;
import io.endomesh.testkit.database.PostgresServer;
import io.endomesh.testkit.database.ServerTls;
import java.security.KeyPair;
import java.util.Optional;

/** The servers, each with a user {@code shop} and a database. Stateless. */
public final class Servers {

  private static final String USER = "shop";
  private static final String PASSWORD = "shop-password";
  private static final String DATABASE = "shop";

  private static final ServerTls.Source TLS =
      tls(JdbcTlsContract.AUTHORITY, TestAuthority.newKey());

  private Servers() {}

  /** The workload is named as each of the tests' own is. */
  private static ServerTls.Source tls(TestAuthority authority, KeyPair pair) {
    return ServerTls.of(
        authority.serverCertificate(pair, JdbcTlsContract.NAME),
        pair.getPrivate(),
        TestRoutes.AUTHORITY.root(),
        "workload");
  }

  public static SharedServer postgres() {
    return new SharedServer(
        "postgresql",
        PostgresServer.installed()
            .map(server -> directory -> server.start(directory, USER, PASSWORD, DATABASE)));
  }

  public static SharedServer mariaDb() {
    return new SharedServer(
        "mariadb-server",
        MariaDbServer.installed()
            .map(server -> directory -> server.start(directory, USER, PASSWORD, DATABASE)));
  }

  /** As {@link #postgres}, for those who show a certificate. */
  static SharedServer postgresWithTls() {
    return new SharedServer(
        "postgresql",
        " with TLS",
        PostgresServer.installed()
            .map(server -> directory -> server.start(directory, USER, PASSWORD, DATABASE, TLS)));
  }

  /** As {@link #mariaDb}, for those who show a certificate. */
  static SharedServer mariaDbWithTls() {
    return new SharedServer(
        "mariadb-server",
        " with TLS",
        MariaDbServer.installed()
            .map(server -> directory -> server.start(directory, USER, PASSWORD, DATABASE, TLS)));
  }

  static SharedServer h2(DriverVersion version) {
    return new SharedServer(
        version.jar(),
        Optional.of(
            directory ->
                H2Server.start(directory, version.jar(), USER, PASSWORD, "mem:" + DATABASE)));
  }
}
