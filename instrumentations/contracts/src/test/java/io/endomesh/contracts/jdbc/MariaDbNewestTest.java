package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "MariaDB Connector/J", staged = "mariadb-4", release = Release.NEWEST)
class MariaDbNewestTest extends JdbcContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDb();

  private static final DatabaseUnderTest DATABASE =
      new MariaDb(MariaDbNewestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
