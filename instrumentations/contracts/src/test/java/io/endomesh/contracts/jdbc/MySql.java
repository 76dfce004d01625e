package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.DatabaseServer;
import java.sql.Driver;

/** MySQL Connector/J with MariaDB, which speaks its protocol. Immutable. */
record MySql(DriverVersion version, SharedServer shared, String parameters)
    implements DatabaseUnderTest {

  /**
   * @param test that holds the driver to its contract
   * @param parameters of the URL, each with an ampersand before it
   */
  static MySql of(Class<?> test, SharedServer server, String parameters) {
    return new MySql(new DriverVersion(test, "com.mysql.cj.jdbc.Driver"), server, parameters);
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
    return "mysql";
  }

  @Override
  public String url(String authority) {
    return "jdbc:mysql://"
        + authority
        + "/shop?sessionVariables=group_concat_max_len%3D4321&serverTimezone=UTC"
        + parameters;
  }

  @Override
  public String readOnly(String authority) {
    return url(authority) + "&readOnly=true";
  }

  @Override
  public String setting() {
    return "SELECT @@group_concat_max_len";
  }

  @Override
  public String unknownDatabase(String authority) {
    return "jdbc:mysql://" + authority + "/nowhere";
  }

  @Override
  public String impatient(String authority) {
    return url(authority) + "&connectTimeout=500&socketTimeout=500";
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
  public String literals() {
    return "INSERT INTO orders (item) VALUES (CONCAT('it''s secret', '\\'secret', \"secret\")) #"
        + " secret";
  }

  @Override
  public String function() {
    return "CREATE OR REPLACE FUNCTION twice(n INTEGER) RETURNS INTEGER DETERMINISTIC RETURN n * 2";
  }

  @Override
  public String call() {
    return "{? = call twice(?)}";
  }

  @Override
  public String endless() {
    return "SELECT SLEEP(30)";
  }

  @Override
  public Pool pool(String url, int size) {
    return version.pool(url, server(), size);
  }
}
