package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Database;
import io.endomesh.weaving.WeakIdentityMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Which database a physical connection leads to. Thread-safe. */
final class Databases {

  /** Remembered of a connection whose URL names no server, as that of a database in memory. */
  private static final Database NONE = new Database("other_sql", null, "", 0, null, null, null);

  private static final WeakIdentityMap<Connection, Database> OPEN = new WeakIdentityMap<>();

  private Databases() {}

  /** A connection was opened by the driver alone. */
  static void opened(Connection connection, String url) {
    OPEN.putIfAbsent(connection, outside(url));
  }

  /** A connection was opened through the mesh. */
  static void opened(Connection connection, Database database) {
    OPEN.put(connection, database);
  }

  /** Null for a URL that names no server, or several. */
  static @Nullable Database of(Statement statement) {
    try {
      Connection connection = statement.getConnection();
      if (connection == null) {
        return null;
      }
      Database known = OPEN.get(connection);
      if (known == null) {
        // Opened before the agent came, or by a data source that goes past Driver.connect.
        String url = connection.getMetaData().getURL();
        known = url == null ? NONE : outside(url);
        OPEN.putIfAbsent(connection, known);
      }
      return known.equals(NONE) ? null : known;
    } catch (SQLException closed) {
      // The execution that follows fails the same way, and the driver says so to the application.
      return null;
    }
  }

  /**
   * The URL that the driver shows of a connection, with the host that the application wrote instead
   * of the endpoint the mesh led it to.
   */
  static String asWritten(@Nullable Connection connection, String shown) {
    Database database = connection == null ? null : OPEN.get(connection);
    if (database == null || database.peer() == null) {
      return shown;
    }
    JdbcUrl url = JdbcUrl.parse(shown);
    return url == null || !url.host().equals(url.literal(database.peer()))
        ? shown
        : (database.tls() ? DriverTls.unasked(url) : url).at(database.host(), database.port());
  }

  private static Database outside(String url) {
    JdbcUrl parsed = JdbcUrl.parse(url);
    return parsed == null
        ? NONE
        : new Database(
            parsed.system(), null, parsed.host(), parsed.port(), parsed.database(), null, null);
  }
}
