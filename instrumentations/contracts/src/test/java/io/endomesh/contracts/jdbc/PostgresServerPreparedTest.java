package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Statements prepared on the server from the first on, and batches rewritten where the driver can.
 */
@Library(
    name = "PostgreSQL pgjdbc, prepared on the server",
    staged = "postgresql-42.7",
    release = Release.NEWEST)
class PostgresServerPreparedTest extends PostgresContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgres();

  private static final DatabaseUnderTest DATABASE =
      new Postgres(
          PostgresServerPreparedTest.class,
          SERVER,
          "&prepareThreshold=1&reWriteBatchedInserts=true");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }
}
