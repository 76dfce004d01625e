package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcTlsContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "PostgreSQL pgjdbc", staged = "postgresql-42.2")
class PostgresTlsOldestTest extends JdbcTlsContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgresWithTls();
  @RegisterExtension static final SharedServer PLAINTEXT = Servers.postgres();

  private static final DatabaseUnderTest DATABASE =
      new Postgres(PostgresTlsOldestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }

  @Override
  protected SharedServer plaintext() {
    return PLAINTEXT;
  }
}
