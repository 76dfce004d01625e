package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import java.sql.Driver;

@Library(name = "Oracle JDBC (thin)", staged = "oracle-newest", release = Release.NEWEST)
class OracleNewestTest extends OracleRouting {

  private static final Driver DRIVER = driver(OracleNewestTest.class);

  @Override
  protected Driver driver() {
    return DRIVER;
  }
}
