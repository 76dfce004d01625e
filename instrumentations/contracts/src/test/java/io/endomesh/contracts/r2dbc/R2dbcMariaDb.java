package io.endomesh.contracts.r2dbc;

import io.endomesh.contracts.jdbc.Servers;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.DatabaseServer;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contract on one version of this driver. */
abstract class R2dbcMariaDb extends R2dbcContract {

  @RegisterExtension static final SharedServer SERVER = Servers.mariaDb();

  @Override
  DatabaseServer server() {
    return SERVER.server();
  }

  @Override
  String driver() {
    return "mariadb";
  }

  @Override
  String connectionType() {
    return "org.mariadb.r2dbc.api.MariadbConnection";
  }

  @Override
  String endless() {
    return "SELECT SLEEP(30)";
  }

  @Override
  String parameter() {
    return "?";
  }
}
