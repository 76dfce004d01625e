package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.DatabaseServer;
import java.sql.Driver;

/** pgjdbc with PostgreSQL. Immutable. */
record Postgres(DriverVersion version, SharedServer shared, String parameters)
    implements DatabaseUnderTest {

  /**
   * @param test that holds the driver to its contract
   * @param parameters of the URL, each with an ampersand before it
   */
  static Postgres of(Class<?> test, SharedServer server, String parameters) {
    return new Postgres(new DriverVersion(test, "org.postgresql.Driver"), server, parameters);
  }

  @Override
  public Driver driver() {
    return version.driver();
  }

  @Override
  public String classPath() {
    return version.jar();
  }

  @Override
  public DatabaseServer server() {
    return shared.server();
  }

  @Override
  public String system() {
    return "postgresql";
  }

  @Override
  public String url(String authority) {
    return "jdbc:postgresql://" + authority + "/shop?ApplicationName=4321" + parameters;
  }

  @Override
  public String readOnly(String authority) {
    return url(authority) + "&readOnly=true";
  }

  @Override
  public String setting() {
    return "SHOW application_name";
  }

  @Override
  public String unknownDatabase(String authority) {
    return "jdbc:postgresql://" + authority + "/nowhere";
  }

  @Override
  public String impatient(String authority) {
    return url(authority) + "&loginTimeout=1";
  }

  @Override
  public String severalHosts(String first, String second) {
    return url(first + "," + second);
  }

  @Override
  public String foreign(String authority) {
    return "jdbc:mysql://" + authority + "/shop";
  }

  @Override
  public String literals() {
    return "INSERT INTO orders (item) VALUES ('it''s secret' || E'\\'secret' || $$secret$$)";
  }

  @Override
  public String function() {
    return "CREATE OR REPLACE FUNCTION twice(n integer) RETURNS integer AS $$"
        + " BEGIN RETURN n * 2; END $$ LANGUAGE plpgsql";
  }

  @Override
  public String call() {
    return "{? = call twice(?)}";
  }

  @Override
  public String endless() {
    return "SELECT pg_sleep(30)";
  }

  @Override
  public Pool pool(String url, int size) {
    return version.pool(url, server(), size);
  }
}
