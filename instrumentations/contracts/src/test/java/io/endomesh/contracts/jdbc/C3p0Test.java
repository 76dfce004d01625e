package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcPoolContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.StagedLibrary;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "c3p0", staged = "c3p0")
class C3p0Test extends JdbcPoolContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgres();

  private static final DatabaseUnderTest DATABASE =
      new Postgres(
          new DriverVersion(
              StagedLibrary.named("postgresql-42.7"),
              Postgres.DRIVER,
              StagedLibrary.of(C3p0Test.class),
              "C3p0"),
          SERVER,
          "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
