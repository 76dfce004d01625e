package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.NotApplicable;
import java.sql.Driver;

@Library(name = "Microsoft JDBC Driver for SQL Server", staged = "mssql-oldest")
@NotApplicable(
    promise = "endpoint_refuses_connectionGoesToAnother",
    reason = "the driver tries an endpoint for its whole loginTimeout, then the next is tried")
class SqlServerOldestTest extends SqlServerRouting {

  private static final Driver DRIVER = driver(SqlServerOldestTest.class);

  @Override
  protected Driver driver() {
    return DRIVER;
  }

  @Override
  protected String impatience() {
    return ";loginTimeout=1";
  }
}
