package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest;
import io.endomesh.testkit.SharedServer;
import io.endomesh.testkit.database.DatabaseServer;
import java.sql.Driver;

/** MariaDB Connector/J with MariaDB. Immutable. */
record MariaDb(DriverVersion version, SharedServer shared, String parameters)
    implements DatabaseUnderTest {

  /**
   * @param test that holds the driver to its contract
   * @param parameters of the URL, each with an ampersand before it
   */
  static MariaDb of(Class<?> test, SharedServer server, String parameters) {
    return new MariaDb(new DriverVersion(test, "org.mariadb.jdbc.Driver"), server, parameters);
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
    return "mariadb";
  }

  @Override
  public String url(String authority) {
    return "jdbc:mariadb://"
        + authority
        + "/shop?sessionVariables=group_concat_max_len=4321"
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
    return "jdbc:mariadb://" + authority + "/nowhere";
  }

  @Override
  public String impatient(String authority) {
    // 2.7 does not count the server's greeting, which a silent one never sends, as connecting.
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
