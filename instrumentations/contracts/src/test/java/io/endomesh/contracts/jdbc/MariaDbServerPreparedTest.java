package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Statements prepared on the server from the first on, and batches rewritten where the driver can.
 */
@Library(
    name = "MariaDB Connector/J, prepared on the server",
    staged = "mariadb-4",
    release = Release.NEWEST)
class MariaDbServerPreparedTest extends JdbcContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDb();

  private static final DatabaseUnderTest DATABASE =
      new MariaDb(MariaDbServerPreparedTest.class, SERVER, "&useServerPrepStmts=true");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
