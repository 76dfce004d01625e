package io.endomesh.controller.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
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
        body_before TEXT, body_after TEXT, why TEXT NOT NULL DEFAULT '');
      CREATE INDEX IF NOT EXISTS history_of_resource ON history (kind, namespace, name, id);
      CREATE INDEX IF NOT EXISTS history_of_revision ON history (revision, id);
      """;

  /** Each may hold two bodies; so many fit into any heap. */
  private static final int PAGE = 100;

  private final Connection connection;

  HistoryTable(Connection connection) {
    this.connection = connection;
  }

  /** Adds to a table of an earlier version what that had not. */
  static void upgrade(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet known =
            statement.executeQuery(
                "SELECT 1 FROM pragma_table_info('history') WHERE name = 'why'")) {
      if (known.next()) {
        return;
      }
    }
    try (Statement statement = connection.createStatement()) {
      statement.executeUpdate("ALTER TABLE history ADD COLUMN why TEXT NOT NULL DEFAULT ''");
    }
  }

  void append(Change change) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO history (revision, at, author, kind, namespace, name, body_before,"
                + " body_after, why) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setLong(1, change.revision());
      statement.setString(2, change.at().toString());
      statement.setString(3, change.author());
      bind(statement, 4, change.key());
      statement.setString(7, change.before());
      statement.setString(8, change.after());
      statement.setString(9, change.why());
      statement.executeUpdate();
    }
  }

  /**
   * @param key null for all
   */
  List<Change> read(@Nullable ResourceKey key, int limit) throws SQLException {
    String where = key == null ? "" : " WHERE kind = ? AND namespace = ? AND name = ?";
    try (PreparedStatement statement = selected(where + " ORDER BY id DESC LIMIT ?")) {
      if (key != null) {
        bind(statement, 1, key);
      }
      statement.setInt(key == null ? 1 : 4, limit);
      return changes(statement);
    }
  }

  /** What one write did, in its order. */
  List<Change> ofRevision(long revision) throws SQLException {
    try (PreparedStatement statement = selected(" WHERE revision = ? ORDER BY id")) {
      statement.setLong(1, revision);
      return changes(statement);
    }
  }

  private PreparedStatement selected(String which) throws SQLException {
    return connection.prepareStatement(
        "SELECT revision, at, author, why, kind, namespace, name, body_before, body_after"
            + " FROM history"
            + which);
  }

  private static List<Change> changes(PreparedStatement statement) throws SQLException {
    List<Change> changes = new ArrayList<>();
    try (ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        changes.add(change(row));
      }
    }
    return changes;
  }

  private static Change change(ResultSet row) throws SQLException {
    return new Change(
        row.getLong(1),
        Instant.parse(row.getString(2)),
        row.getString(3),
        row.getString(4),
        new ResourceKey(row.getString(5), row.getString(6), row.getString(7)),
        row.getString(8),
        row.getString(9));
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
            "SELECT revision, at, author, why, kind, namespace, name, body_before, body_after, id"
                + " FROM history WHERE id > ? ORDER BY id LIMIT "
                + PAGE)) {
      statement.setLong(1, after);
      List<Change> changes = new ArrayList<>();
      long last = after;
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          changes.add(change(row));
          last = row.getLong(10);
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
