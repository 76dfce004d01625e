package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.SharedServer;

/** H2, its own server in a JVM of its own. Immutable. */
final class H2 extends StagedDatabase {

  H2(DriverVersion version, SharedServer shared) {
    super(version, shared);
  }

  @Override
  public String system() {
    return "h2database";
  }

  @Override
  public String url(String authority) {
    return "jdbc:h2:tcp://" + authority + "/mem:shop;DB_CLOSE_DELAY=-1;LOCK_TIMEOUT=4321";
  }

  @Override
  public String readOnly(String authority) {
    return url(authority) + ";readOnly=true";
  }

  @Override
  public String setting() {
    return "SELECT LOCK_TIMEOUT()";
  }

  @Override
  public String unknownDatabase(String authority) {
    return "jdbc:h2:tcp://" + authority + "/mem:nowhere;IFEXISTS=TRUE";
  }

  @Override
  public String impatient(String authority) {
    return url(authority) + ";NETWORK_TIMEOUT=500";
  }

  @Override
  public String severalHosts(String first, String second) {
    // H2 takes them for a cluster, and from then on the database is one: so it is another.
    return "jdbc:h2:tcp://" + first + "," + second + "/mem:cluster";
  }

  @Override
  public String literals() {
    return "INSERT INTO orders (item) VALUES ('it''s secret' || $$secret$$)";
  }

  @Override
  public String function() {
    return "CREATE ALIAS IF NOT EXISTS twice AS 'int twice(int n) { return n * 2; }'";
  }

  @Override
  public String endless() {
    return "SELECT COUNT(*) FROM SYSTEM_RANGE(1, 10000000) a, SYSTEM_RANGE(1, 100000) b"
        + " WHERE a.x + b.x = 0";
  }
}
