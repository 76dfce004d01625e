package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.JdbcTlsContract;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import io.endomesh.testkit.SharedServer;
import org.junit.jupiter.api.extension.RegisterExtension;

@Library(name = "MySQL Connector/J", staged = "mysql-26", release = Release.NEWEST)
class MySqlTlsNewestTest extends JdbcTlsContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDbWithTls();
  @RegisterExtension static final SharedServer PLAINTEXT = Servers.mariaDb();

  private static final DatabaseUnderTest DATABASE = new MySql(MySqlTlsNewestTest.class, SERVER, "");

  @Override
  protected DatabaseUnderTest database() {
    return DATABASE;
  }

  @Override
  protected SharedServer plaintext() {
    return PLAINTEXT;
  }
}
