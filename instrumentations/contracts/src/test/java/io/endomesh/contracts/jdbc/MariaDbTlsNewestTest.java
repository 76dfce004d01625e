package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcTlsContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "MariaDB Connector/J", staged = "mariadb-4", release = Release.NEWEST)
class MariaDbTlsNewestTest extends JdbcTlsContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDbWithTls();
  @RegisterExtension static final SharedServer PLAINTEXT = Servers.mariaDb();

  private static final DatabaseUnderTest DATABASE =
      new MariaDb(MariaDbTlsNewestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }

  @Override
  protected SharedServer plaintext() {
    return PLAINTEXT;
  }
}
