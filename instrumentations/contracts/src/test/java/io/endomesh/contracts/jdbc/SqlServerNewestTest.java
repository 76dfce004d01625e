package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import java.sql.Driver;

@Library(
    name = "Microsoft JDBC Driver for SQL Server",
    staged = "mssql-newest",
    release = Release.NEWEST)
class SqlServerNewestTest extends SqlServerRouting {

  private static final Driver DRIVER = driver(SqlServerNewestTest.class);

  @Override
  protected Driver driver() {
    return DRIVER;
  }
}
