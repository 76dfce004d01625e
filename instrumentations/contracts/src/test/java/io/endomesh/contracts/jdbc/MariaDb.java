package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.SharedServer;

/** MariaDB Connector/J with MariaDB. Immutable. */
final class MariaDb extends MariaDbServerSql {

  private final String parameters;

  /**
   * @param test that holds the driver to its contract
   * @param parameters of the URL, each with an ampersand before it
   */
  MariaDb(Class<?> test, SharedServer shared, String parameters) {
    super(new DriverVersion(test, "org.mariadb.jdbc.Driver"), shared);
    this.parameters = parameters;
  }

  @Override
  public String system() {
    return "mariadb";
  }

  @Override
  public String url(String authority) {
    // The server is the test's own on loopback and has no certificate. An endpoint that has to
    // prove an identity is refused instead of reached in plaintext (JdbcConnectionContract).
    return "jdbc:mariadb://"
        + authority
        + "/shop?sslMode=disable&sessionVariables=group_concat_max_len=4321"
        + parameters;
  }
}
