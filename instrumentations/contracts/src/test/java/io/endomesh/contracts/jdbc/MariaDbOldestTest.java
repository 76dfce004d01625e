package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "MariaDB Connector/J", staged = "mariadb-2")
class MariaDbOldestTest extends JdbcContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDb();

  private static final DatabaseUnderTest DATABASE =
      new MariaDb(MariaDbOldestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
