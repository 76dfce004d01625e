package io.endomesh.contracts.r2dbc;

import io.endomesh.contracts.jdbc.Servers;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.DatabaseServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on one version of this driver. */
abstract class R2dbcPostgres extends R2dbcContract {

  @RegisterExtension static final SharedServer SERVER = Servers.postgres();

  @Override
  DatabaseServer server() {
    return SERVER.server();
  }

  @Override
  String driver() {
    return "postgresql";
  }

  @Override
  String connectionType() {
    return "io.r2dbc.postgresql.api.PostgresqlConnection";
  }

  @Override
  String endless() {
    return "SELECT pg_sleep(30)";
  }

  @Override
  String parameter() {
    return "$1";
  }
}
