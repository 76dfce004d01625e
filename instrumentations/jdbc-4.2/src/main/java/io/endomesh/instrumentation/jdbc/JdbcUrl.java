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
 * for MySQL, MariaDB, H2 in server mode, {@link OracleUrl Oracle} and {@link SqlServerUrl SQL
 * Server}. Immutable.
 *
 * @param system value of {@code db.system.name} in OpenTelemetry's semantic conventions
 * @param prefix up to the host, with the user if it is written there
 * @param portSign what stands between host and port
 * @param port 0 if the URL names none
 * @param rest after host and port
 * @param database its name within the server, null if the URL names none
 */
record JdbcUrl(
    String system,
    String prefix,
    String host,
    String portSign,
    int port,
    String rest,
    @Nullable String database) {

  static final String COLON = ":";

  /** One host, as it stands in a URL. No list: drivers read those their own way, and may. */
  static final String HOST = "([A-Za-z0-9._-]+|\\[[0-9A-Fa-f:.]+])";

  /** By what stands between {@code jdbc:} and {@code //}. */
  private static final Map<String, String> SYSTEMS =
      Map.of(
          "postgresql", "postgresql",
          "mysql", "mysql",
          "mariadb", "mariadb",
          "h2:tcp", "h2database",
          "h2:ssl", "h2database");

  private static final Pattern ONE_SERVER =
      Pattern.compile(
          "jdbc:([a-z0-9]+(?::[a-z]+)?)://(?:[^@/?;,()]*@)?" + HOST + "(?::(\\d{1,5}))?([/;?].*)?",
          Pattern.DOTALL);

  /** {@code /name} up to the parameters. */
  private static final Pattern DATABASE = Pattern.compile("/([^?;]+).*", Pattern.DOTALL);

  /** Connector/J takes {@code user:password@} before the host; the others do not. */
  private static final String WITH_USER = "mysql";

  /** Null if the URL is none of these. */
  static @Nullable JdbcUrl parse(String url) {
    if (url.startsWith(OracleUrl.START)) {
      return OracleUrl.parse(url);
    }
    if (url.startsWith(SqlServerUrl.START)) {
      return SqlServerUrl.parse(url);
    }
    Matcher matcher = ONE_SERVER.matcher(url);
    if (!matcher.matches()) {
      return null;
    }
    String system = SYSTEMS.get(matcher.group(1));
    String prefix = url.substring(0, matcher.start(2));
    if (system == null || (prefix.endsWith("@") && !system.equals(WITH_USER))) {
      return null;
    }
    String rest = matcher.group(4) == null ? "" : matcher.group(4);
    Matcher database = DATABASE.matcher(rest);
    return new JdbcUrl(
        system,
        prefix,
        matcher.group(2),
        COLON,
        port(matcher.group(3)),
        rest,
        database.matches() ? database.group(1) : null);
  }

  static int port(@Nullable String digits) {
    return digits == null || digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  /** PostgreSQL's name for it ("Connection parameters"); other drivers take it and do nothing. */
  private static final String READ_ONLY = "readOnly";

  private static final Pattern READ_ONLY_IN_URL = Pattern.compile("[?&]" + READ_ONLY + "=([^&]*)");

  /**
   * True if the application says, before there is a connection, that it will only read. The URL
   * goes before the properties, as PostgreSQL's driver has it.
   */
  boolean readOnly(@Nullable Properties properties) {
    if (system.equals(SqlServerUrl.SYSTEM)) {
      return SqlServerUrl.readOnly(rest, properties);
    }
    Matcher inUrl = READ_ONLY_IN_URL.matcher(rest);
    if (inUrl.find()) {
      return Boolean.parseBoolean(inUrl.group(1));
    }
    return properties != null && Boolean.parseBoolean(properties.getProperty(READ_ONLY));
  }

  /** True if the driver would connect elsewhere than this URL says. */
  boolean overridden(@Nullable Properties properties) {
    return system.equals(SqlServerUrl.SYSTEM) && SqlServerUrl.overridden(properties);
  }

  /** Host and port as the application wrote them. */
  String authority() {
    return port == 0 ? host : host + ":" + port;
  }

  /** The host of an address, as this URL has it. */
  String literal(InetSocketAddress address) {
    String ip = address.getAddress().getHostAddress();
    return portSign.equals(COLON) && address.getAddress() instanceof Inet6Address
        ? "[" + ip + "]"
        : ip;
  }

  /** The same URL with something else after host and port. */
  JdbcUrl with(String otherRest) {
    return new JdbcUrl(system, prefix, host, portSign, port, otherRest, database);
  }

  /** The same URL for another server. */
  String at(InetSocketAddress address) {
    return system.equals(SqlServerUrl.SYSTEM)
        ? SqlServerUrl.at(this, address)
        : at(literal(address), address.getPort());
  }

  /**
   * @param port 0 for none
   */
  String at(String host, int port) {
    return prefix + host + (port == 0 ? "" : portSign + port) + rest;
  }
}
