package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.SharedServer;

/** MySQL Connector/J with MariaDB, which speaks its protocol. Immutable. */
final class MySql extends MariaDbServerSql {

  private final String parameters;

  /**
   * @param test that holds the driver to its contract
   * @param parameters of the URL, each with an ampersand before it
   */
  MySql(Class<?> test, SharedServer shared, String parameters) {
    super(new DriverVersion(test, "com.mysql.cj.jdbc.Driver"), shared);
    this.parameters = parameters;
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
}
