package io.endomesh.controller.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** Makes a SQLite store in a directory where there is none. */
public final class SqliteFiller implements Filler {

  private final Path file;
  private final Connection connection;
  private final HistoryTable history;
  private final AuditTable audit;
  private boolean finished;

  private SqliteFiller(Path file, Connection connection) {
    this.file = file;
    this.connection = connection;
    this.history = new HistoryTable(connection);
    this.audit = new AuditTable(connection, Clock.systemUTC());
  }

  public static SqliteFiller in(Path directory) throws IOException {
    Path file = directory.resolve(SqliteResourceStore.FILE_NAME);
    Files.createFile(file, SqliteSnapshot.ownerOnly());
    @Nullable Connection connection = null;
    try {
      connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      SqliteResourceStore.prepare(connection);
      connection.setAutoCommit(false);
      return new SqliteFiller(file, connection);
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  @Override
  public void take(Item item) throws IOException {
    try {
      if (item instanceof Item.Current current) {
        SqliteResourceStore.put(connection, current.resource());
      } else if (item instanceof Item.Fact fact) {
        try (var statement = connection.prepareStatement(SqliteResourceStore.PUT_FACT)) {
          statement.setString(1, fact.name());
          statement.setString(2, fact.value());
          statement.executeUpdate();
        }
      } else if (item instanceof Item.Past past) {
        history.append(past.change());
      } else if (item instanceof Item.Audited audited) {
        audit.append(audited.entry());
      } else {
        throw new IllegalArgumentException(item + " belongs beside the store");
      }
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  @Override
  public void finish() throws IOException {
    try {
      connection.commit();
      finished = true;
    } catch (SQLException e) {
      throw failed(file, e);
    }
  }

  @Override
  public void close() throws IOException {
    try {
      connection.close();
    } catch (SQLException e) {
      throw failed(file, e);
    }
    if (!finished) {
      Files.deleteIfExists(file);
    }
  }

  private static IOException failed(Path file, SQLException e) {
    return new IOException(file + ": cannot be written: " + e.getMessage(), e);
  }
}
