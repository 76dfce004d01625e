package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.SharedServer;

/** pgjdbc with PostgreSQL. Immutable. */
final class Postgres extends StagedDatabase {

  static final String DRIVER = "org.postgresql.Driver";

  private final String parameters;

  /**
   * @param test that holds the driver to its contract
   * @param parameters of the URL, each with an ampersand before it
   */
  Postgres(Class<?> test, SharedServer shared, String parameters) {
    this(new DriverVersion(test, DRIVER), shared, parameters);
  }

  Postgres(DriverVersion version, SharedServer shared, String parameters) {
    super(version, shared);
    this.parameters = parameters;
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
  public String running() {
    return "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'active'"
        + " AND query LIKE 'SELECT pg_sleep%'";
  }

  @Override
  public String endless() {
    return "SELECT pg_sleep(30)";
  }
}
