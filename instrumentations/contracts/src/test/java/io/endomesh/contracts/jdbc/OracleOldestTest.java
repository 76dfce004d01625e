package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.Library;
import java.sql.Driver;

@Library(name = "Oracle JDBC (thin)", staged = "oracle-oldest")
class OracleOldestTest extends OracleRouting {

  private static final Driver DRIVER = driver(OracleOldestTest.class);

  @Override
  protected Driver driver() {
    return DRIVER;
  }
}
