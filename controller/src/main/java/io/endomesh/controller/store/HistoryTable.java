package io.endomesh.controller.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The history of resources in SQLite. To be used under the lock of the store. */
final class HistoryTable {

  static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS history (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        revision INTEGER NOT NULL, at TEXT NOT NULL, author TEXT NOT NULL,
        kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
        body_before TEXT, body_after TEXT);
      CREATE INDEX IF NOT EXISTS history_of_resource ON history (kind, namespace, name, id);
      """;

  /** Each may hold two bodies; so many fit into any heap. */
  private static final int PAGE = 100;

  private final Connection connection;

  HistoryTable(Connection connection) {
    this.connection = connection;
  }

  void append(Change change) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO history (revision, at, author, kind, namespace, name, body_before,"
                + " body_after) VALUES (?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setLong(1, change.revision());
      statement.setString(2, change.at().toString());
      statement.setString(3, change.author());
      bind(statement, 4, change.key());
      statement.setString(7, change.before());
      statement.setString(8, change.after());
      statement.executeUpdate();
    }
  }

  /**
   * @param key null for all
   */
  List<Change> read(@Nullable ResourceKey key, int limit) throws SQLException {
    String where = key == null ? "" : " WHERE kind = ? AND namespace = ? AND name = ?";
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT revision, at, author, kind, namespace, name, body_before, body_after"
                + " FROM history"
                + where
                + " ORDER BY id DESC LIMIT ?")) {
      if (key != null) {
        bind(statement, 1, key);
      }
      statement.setInt(key == null ? 1 : 4, limit);
      List<Change> changes = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          changes.add(change(row));
        }
      }
      return changes;
    }
  }

  private static Change change(ResultSet row) throws SQLException {
    return new Change(
        row.getLong(1),
        Instant.parse(row.getString(2)),
        row.getString(3),
        new ResourceKey(row.getString(4), row.getString(5), row.getString(6)),
        row.getString(7),
        row.getString(8));
  }

  /** The oldest. */
  Page first() throws SQLException {
    return page(0);
  }

  /**
   * Some of the history, oldest first.
   *
   * @param last id in the table
   */
  record Page(HistoryTable table, List<Change> changes, long last) {
    Page next() throws SQLException {
      return table.page(last);
    }
  }

  private Page page(long after) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT revision, at, author, kind, namespace, name, body_before, body_after, id"
                + " FROM history WHERE id > ? ORDER BY id LIMIT "
                + PAGE)) {
      statement.setLong(1, after);
      List<Change> changes = new ArrayList<>();
      long last = after;
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          changes.add(change(row));
          last = row.getLong(9);
        }
      }
      return new Page(this, changes, last);
    }
  }

  static void bind(PreparedStatement statement, int first, ResourceKey key) throws SQLException {
    statement.setString(first, key.kind());
    statement.setString(first + 1, key.namespace());
    statement.setString(first + 2, key.name());
  }
}
