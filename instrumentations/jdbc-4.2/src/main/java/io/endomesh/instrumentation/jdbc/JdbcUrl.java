package io.endomesh.instrumentation.jdbc;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A JDBC URL that names one server: {@code jdbc:postgresql://host:port/database?…}, and the like
 * for MySQL, MariaDB, and H2 in server mode. Immutable.
 *
 * @param system value of {@code db.system.name} in OpenTelemetry's semantic conventions
 * @param prefix up to the host, with the user if it is written there
 * @param port 0 if the URL names none
 * @param rest after host and port
 */
record JdbcUrl(String system, String prefix, String host, int port, String rest) {

  /** By what stands between {@code jdbc:} and {@code //}. */
  private static final Map<String, String> SYSTEMS =
      Map.of(
          "postgresql", "postgresql",
          "mysql", "mysql",
          "mariadb", "mariadb",
          "h2:tcp", "h2database",
          "h2:ssl", "h2database");

  /** No list of hosts: drivers read those their own way, and are left to it. */
  private static final Pattern ONE_SERVER =
      Pattern.compile(
          "jdbc:([a-z0-9]+(?::[a-z]+)?)://(?:[^@/?;,()]*@)?([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{1,5}))?([/;?].*)?",
          Pattern.DOTALL);

  /** Connector/J takes {@code user:password@} before the host; the others do not. */
  private static final String WITH_USER = "mysql";

  /** Null if the URL is none of these. */
  static @Nullable JdbcUrl parse(String url) {
    Matcher matcher = ONE_SERVER.matcher(url);
    if (!matcher.matches()) {
      return null;
    }
    String system = SYSTEMS.get(matcher.group(1));
    String prefix = url.substring(0, matcher.start(2));
    if (system == null || (prefix.endsWith("@") && !system.equals(WITH_USER))) {
      return null;
    }
    String port = matcher.group(3);
    String rest = matcher.group(4);
    return new JdbcUrl(
        system,
        prefix,
        matcher.group(2),
        port == null ? 0 : Integer.parseInt(port),
        rest == null ? "" : rest);
  }

  /** PostgreSQL's name for it ("Connection parameters"); other drivers take it and do nothing. */
  private static final String READ_ONLY = "readOnly";

  private static final Pattern READ_ONLY_IN_URL = Pattern.compile("[?&]" + READ_ONLY + "=([^&]*)");

  /**
   * True if the application says, before there is a connection, that it will only read. The URL
   * goes before the properties, as PostgreSQL's driver has it.
   */
  boolean readOnly(@Nullable Properties properties) {
    Matcher inUrl = READ_ONLY_IN_URL.matcher(rest);
    if (inUrl.find()) {
      return Boolean.parseBoolean(inUrl.group(1));
    }
    return properties != null && Boolean.parseBoolean(properties.getProperty(READ_ONLY));
  }

  /** Host and port as the application wrote them. */
  String authority() {
    return authority(host, port);
  }

  /**
   * @param port 0 for none
   */
  static String authority(String host, int port) {
    return port == 0 ? host : host + ":" + port;
  }

  /** The host of an address, as a URL has it. */
  static String literal(InetSocketAddress address) {
    String ip = address.getAddress().getHostAddress();
    return address.getAddress() instanceof Inet6Address ? "[" + ip + "]" : ip;
  }

  /** Name of the database within its server, null if the URL names none. */
  @Nullable String database() {
    if (!rest.startsWith("/")) {
      return null;
    }
    int end = 1;
    while (end < rest.length() && rest.charAt(end) != '?' && rest.charAt(end) != ';') {
      end++;
    }
    return end == 1 ? null : rest.substring(1, end);
  }

  /** The same URL for another server. */
  String at(InetSocketAddress address) {
    return prefix + literal(address) + ":" + address.getPort() + rest;
  }
}
