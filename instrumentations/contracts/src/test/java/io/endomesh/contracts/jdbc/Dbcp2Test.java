package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcPoolContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.StagedLibrary;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "Apache Commons DBCP 2", staged = "dbcp2")
class Dbcp2Test extends JdbcPoolContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgres();

  private static final DatabaseUnderTest DATABASE =
      new Postgres(
          new DriverVersion(
              StagedLibrary.named("postgresql-42.7"),
              Postgres.DRIVER,
              StagedLibrary.of(Dbcp2Test.class),
              "Dbcp2"),
          SERVER,
          "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
