package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.JdbcRoutingContract;
import io.endomesh.testkit.StagedLibrary;
import java.sql.Driver;
import java.util.List;

/** Oracle's thin driver; it says first which service it wants, in a packet of type CONNECT. */
abstract class OracleRouting extends JdbcRoutingContract {

  private static final String THIN = "jdbc:oracle:thin:";

  /** Oracle Net: two bytes of length, two of a checksum, then the type, which is 1. */
  private static final int TYPE_AT = 4;

  static Driver driver(Class<?> test) {
    return new DriverVersion(
            StagedLibrary.of(test),
            "oracle.jdbc.OracleDriver",
            StagedLibrary.named("hikari"),
            "Hikari")
        .driver();
  }

  @Override
  protected final List<String> urls(String host, int port) {
    String at = host + ":" + port;
    return List.of(
        THIN + "@//" + at + "/shop",
        THIN + "@" + at + "/shop",
        THIN + "@" + at + ":shop",
        THIN + described("(HOST=" + host + ")(PORT=" + port + ")"),
        THIN + described("(PORT=" + port + ")(HOST=" + host + ")"));
  }

  @Override
  protected final String severalHosts(int first, int second) {
    return THIN
        + described(
            "(HOST=127.0.0.1)(PORT="
                + first
                + "))(ADDRESS=(PROTOCOL=TCP)(HOST=127.0.0.1)(PORT="
                + second
                + ")");
  }

  private static String described(String address) {
    return "@(DESCRIPTION=(ADDRESS=(PROTOCOL=TCP)"
        + address
        + ")(CONNECT_DATA=(SERVICE_NAME=shop)))";
  }

  @Override
  protected final boolean greets(String firstBytes) {
    return firstBytes.charAt(TYPE_AT) == 1
        && (firstBytes.contains("SERVICE_NAME=shop") || firstBytes.contains("SID=shop"));
  }
}
