package io.endomesh.contracts.r2dbc;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.contracts.r2dbc.R2dbcUnderTest.Session;
import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;
import org.junit.jupiter.api.Test;

@Library(
    name = "PostgreSQL R2DBC",
    staged = "r2dbc-postgresql-newest",
    upon = "reactor-netty-newest",
    release = Release.NEWEST)
class R2dbcPostgresNewestTest extends R2dbcPostgres {

  /** r2dbc-pool asks for the factory of its driver as an application does. */
  @Test
  void pool_opensItsConnectionsThroughTheMesh() throws Exception {
    routes.host(HOST, real());

    try (Session session = at("pool:" + driver(), HOST, server().password())) {
      assertThat(session.ask("SELECT COUNT(*) FROM orders")).containsExactly("0");
    }

    assertThat(attempts()).isNotEmpty();
    assertThat(executions()).extracting(Execution::summary).contains("SELECT orders");
  }
}
