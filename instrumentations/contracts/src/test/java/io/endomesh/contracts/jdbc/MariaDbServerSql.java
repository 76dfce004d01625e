package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.SharedServer;

/** MariaDB, which its own driver and MySQL's speak to. Immutable. */
abstract class MariaDbServerSql extends StagedDatabase {

  MariaDbServerSql(DriverVersion version, SharedServer shared) {
    super(version, shared);
  }

  @Override
  public final String unknownDatabase(String authority) {
    return url(authority).replace("/shop?", "/nowhere?");
  }

  @Override
  public final String impatient(String authority) {
    // MariaDB's 2.7 does not count the server's greeting, which a silent one never sends, as
    // connecting.
    return url(authority) + "&connectTimeout=500&socketTimeout=500";
  }

  @Override
  public final String setting() {
    return "SELECT @@group_concat_max_len";
  }

  @Override
  public final String literals() {
    return "INSERT INTO orders (item) VALUES (CONCAT('it''s secret', '\\'secret', \"secret\")) #"
        + " secret";
  }

  @Override
  public final String function() {
    return "CREATE OR REPLACE FUNCTION twice(n INTEGER) RETURNS INTEGER DETERMINISTIC RETURN n * 2";
  }

  @Override
  public final String running() {
    return "SELECT COUNT(*) FROM information_schema.processlist WHERE info LIKE 'SELECT SLEEP%'";
  }

  @Override
  public final String endless() {
    return "SELECT SLEEP(30)";
  }
}
