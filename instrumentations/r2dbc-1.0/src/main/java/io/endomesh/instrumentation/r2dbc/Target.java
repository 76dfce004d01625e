package io.endomesh.instrumentation.r2dbc;

import static io.r2dbc.spi.ConnectionFactoryOptions.DATABASE;
import static io.r2dbc.spi.ConnectionFactoryOptions.DRIVER;
import static io.r2dbc.spi.ConnectionFactoryOptions.HOST;
import static io.r2dbc.spi.ConnectionFactoryOptions.PORT;

import io.endomesh.dataplane.Database;
import io.endomesh.dataplane.database.Dialect;
import io.r2dbc.spi.ConnectionFactoryOptions;
import io.r2dbc.spi.Option;
import java.net.InetSocketAddress;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The database that options name, as the application wrote it. Immutable.
 *
 * @param system value of {@code db.system.name}
 * @param port 0 if none is written
 */
record Target(String system, Dialect dialect, String host, int port, @Nullable String database) {

  /**
   * Null for what is no driver of a server, as a pool, whose own driver is asked in its turn; and
   * for several hosts, which the driver chooses among.
   */
  static @Nullable Target of(ConnectionFactoryOptions options) {
    String driver = text(options, DRIVER);
    String host = text(options, HOST);
    if (driver == null || host == null || host.isEmpty() || host.indexOf(',') >= 0) {
      return null;
    }
    Integer written = options.getValue(PORT) instanceof Number port ? port.intValue() : null;
    int port = written == null ? 0 : written;
    String database = text(options, DATABASE);
    return switch (driver) {
      case "postgresql", "postgres" ->
          new Target("postgresql", Dialect.POSTGRESQL, host, port, database);
      case "mariadb" -> new Target("mariadb", Dialect.MYSQL, host, port, database);
      case "mysql" -> new Target("mysql", Dialect.MYSQL, host, port, database);
      default -> null;
    };
  }

  private static @Nullable String text(ConnectionFactoryOptions options, Option<String> option) {
    return options.getValue(option) instanceof CharSequence value ? value.toString() : null;
  }

  /** The same options with an endpoint's address in place of the host. */
  static ConnectionFactoryOptions at(ConnectionFactoryOptions options, InetSocketAddress address) {
    return options
        .mutate()
        .option(HOST, address.getAddress().getHostAddress())
        .option(PORT, address.getPort())
        .build();
  }

  String authority() {
    return port == 0 ? host : host + ":" + port;
  }

  /** Reached without the mesh. */
  Database outside() {
    return new Database(system, null, host, port, database, null, null);
  }

  Database of(@Nullable String service, InetSocketAddress peer) {
    return new Database(
        system, service, host, port, database, authority().toLowerCase(Locale.ROOT), peer);
  }
}
