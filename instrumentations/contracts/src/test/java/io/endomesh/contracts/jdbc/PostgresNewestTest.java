package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "PostgreSQL pgjdbc", staged = "postgresql-42.7", release = Release.NEWEST)
class PostgresNewestTest extends PostgresContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgres();

  private static final DatabaseUnderTest DATABASE =
      new Postgres(PostgresNewestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
