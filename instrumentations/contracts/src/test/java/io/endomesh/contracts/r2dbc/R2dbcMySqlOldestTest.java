package io.endomesh.contracts.r2dbc;

import io.endomesh.testkit.Library;

@Library(
    name = "MySQL R2DBC (asyncer)",
    staged = "r2dbc-mysql-oldest",
    upon = "reactor-netty-newest")
class R2dbcMySqlOldestTest extends R2dbcMySql {

  /** It has no interfaces of its own yet. */
  @Override
  String connectionType() {
    return "io.r2dbc.spi.Connection";
  }
}
