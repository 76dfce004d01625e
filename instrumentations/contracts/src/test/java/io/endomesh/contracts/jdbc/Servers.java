package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.H2Server;
import io.endomesh.testkit.database.MariaDbServer;
import io.endomesh.testkit.database.PostgresServer;
import java.util.Optional;

/** The servers, each with a user {@code shop} and a database. Stateless. */
public final class Servers {

  private static final String USER = "shop";
  private static final String PASSWORD = "shop-password";
  private static final String DATABASE = "shop";

  private Servers() {}

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

  static SharedServer h2(DriverVersion version) {
    return new SharedServer(
        version.jar(),
        Optional.of(
            directory ->
                H2Server.start(directory, version.jar(), USER, PASSWORD, "mem:" + DATABASE)));
  }
}
