package io.endomesh.controller.store;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;

/**
 * A copy of a SQLite store as of one moment, in a file beside it that is gone when this is closed.
 * Writes wait while SQLite copies, and not while the copy is read. Confined to one thread.
 */
final class SqliteSnapshot implements ResourceStore.Snapshot {

  private static final String PREFIX = "endomesh-snapshot-";

  private final Path file;

  private SqliteSnapshot(Path file) {
    this.file = file;
  }

  /** To be called under the lock of the store. */
  static SqliteSnapshot of(Path store, Connection connection) throws SQLException, IOException {
    Path directory = store.toAbsolutePath().getParent();
    // It holds what the store does: it is the owner's alone before anything is in it.
    Path file = Files.createTempFile(directory, PREFIX, ".db", ownerOnly());
    try (var statement = connection.prepareStatement("VACUUM INTO ?")) {
      statement.setString(1, file.toString());
      statement.execute();
      return new SqliteSnapshot(file);
    } catch (SQLException e) {
      Files.deleteIfExists(file);
      throw e;
    }
  }

  static FileAttribute<?>[] ownerOnly() {
    return FileSystems.getDefault().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** What a process that was killed left behind. */
  static void removeLeftovers(Path directory) throws IOException {
    try (DirectoryStream<Path> old = Files.newDirectoryStream(directory, PREFIX + "*")) {
      for (Path each : old) {
        Files.deleteIfExists(each);
      }
    }
  }

  @Override
  public void read(ItemSink sink) throws IOException {
    try {
      readAll(sink);
    } catch (SQLException e) {
      throw new IOException("store: its copy " + file + " cannot be read: " + e.getMessage(), e);
    }
  }

  private void readAll(ItemSink sink) throws SQLException, IOException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT * FROM resource")) {
        while (row.next()) {
          sink.take(
              new Item.Current(
                  new StoredResource(
                      new ResourceKey(row.getString(1), row.getString(2), row.getString(3)),
                      row.getLong(4),
                      row.getString(5),
                      Instant.parse(row.getString(6)),
                      Instant.parse(row.getString(7)))));
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT name, value FROM fact")) {
        while (row.next()) {
          sink.take(new Item.Fact(row.getString(1), row.getString(2)));
        }
      }
      for (HistoryTable.Page page = new HistoryTable(connection).first();
          !page.changes().isEmpty();
          page = page.next()) {
        for (Change change : page.changes()) {
          sink.take(new Item.Past(change));
        }
      }
      for (AuditTable.Page page = new AuditTable(connection, Clock.systemUTC()).first();
          !page.entries().isEmpty();
          page = page.next()) {
        for (AuditEntry entry : page.entries()) {
          sink.take(new Item.Audited(entry));
        }
      }
    }
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
