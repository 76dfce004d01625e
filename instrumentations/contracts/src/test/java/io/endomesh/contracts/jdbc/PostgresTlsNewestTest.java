package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcTlsContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "PostgreSQL pgjdbc", staged = "postgresql-42.7", release = Release.NEWEST)
class PostgresTlsNewestTest extends JdbcTlsContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgresWithTls();
  @RegisterExtension static final SharedServer PLAINTEXT = Servers.postgres();

  private static final DatabaseUnderTest DATABASE =
      new Postgres(PostgresTlsNewestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }

  @Override
  protected SharedServer plaintext() {
    return PLAINTEXT;
  }
}
