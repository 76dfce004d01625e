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
    name = "MySQL Connector/J, prepared on the server",
    staged = "mysql-26",
    release = Release.NEWEST)
class MySqlServerPreparedTest extends JdbcContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDb();

  private static final DatabaseUnderTest DATABASE =
      new MySql(
          MySqlServerPreparedTest.class,
          SERVER,
          "&useServerPrepStmts=true&rewriteBatchedStatements=true");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
