package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.DatabaseServer;
import java.sql.Driver;

/** A staged driver with the server it speaks to; what it says of its SQL is left. Immutable. */
abstract class StagedDatabase implements DatabaseUnderTest {

  private final DriverVersion version;
  private final SharedServer shared;

  StagedDatabase(DriverVersion version, SharedServer shared) {
    this.version = version;
    this.shared = shared;
  }

  @Override
  public final Driver driver() {
    return version.driver();
  }

  @Override
  public final String classPath() {
    return version.jar();
  }

  @Override
  public final DatabaseServer server() {
    return shared.server();
  }

  @Override
  public String readOnly(String authority) {
    return url(authority) + "&readOnly=true";
  }

  @Override
  public String severalHosts(String first, String second) {
    return url(first + "," + second);
  }

  @Override
  public String foreign(String authority) {
    return "jdbc:postgresql://" + authority + "/shop";
  }

  @Override
  public final String call() {
    return "{? = call twice(?)}";
  }

  @Override
  public final Pool pool(String url, int size) {
    return version.pool(url, server(), size);
  }
}
