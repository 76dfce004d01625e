package io.endomesh.instrumentation.jdbc;

import io.endomesh.dataplane.Database;
import io.endomesh.weaving.WeakIdentityMap;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** Which database a physical connection leads to. Thread-safe. */
final class Databases {

  private static final WeakIdentityMap<Connection, Database> OPEN = new WeakIdentityMap<>();

  private Databases() {}

  /** A connection was opened by the driver alone. */
  static void opened(Connection connection, String url) {
    Database database = outside(url);
    if (database != null) {
      OPEN.putIfAbsent(connection, database);
    }
  }

  /** A connection was opened through the mesh. */
  static void opened(Connection connection, Database database) {
    OPEN.put(connection, database);
  }

  /** Null for a URL that names no server, as that of a database in memory. */
  static @Nullable Database of(Statement statement) {
    try {
      Connection connection = statement.getConnection();
      if (connection == null) {
        return null;
      }
      Database known = OPEN.get(connection);
      if (known != null) {
        return known;
      }
      // Opened before the agent came, or by a data source that goes past Driver.connect.
      String url = connection.getMetaData().getURL();
      Database database = url == null ? null : outside(url);
      if (database != null) {
        OPEN.putIfAbsent(connection, database);
      }
      return database;
    } catch (SQLException closed) {
      // The execution that follows fails the same way, and the driver says so to the application.
      return null;
    }
  }

  private static @Nullable Database outside(String url) {
    JdbcUrl parsed = JdbcUrl.parse(url);
    return parsed == null
        ? null
        : new Database(
            parsed.system(), null, parsed.host(), parsed.port(), parsed.database(), null);
  }
}
