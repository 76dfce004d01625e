package io.endomesh.controller.store;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** The audit log in SQLite. To be used under the lock of the store. */
final class AuditTable {

  static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS audit (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL, who TEXT NOT NULL, address TEXT NOT NULL,
        action TEXT NOT NULL, subject TEXT NOT NULL, denied INTEGER NOT NULL,
        times INTEGER NOT NULL, why TEXT NOT NULL, body_before TEXT, body_after TEXT);
      CREATE INDEX IF NOT EXISTS audit_of_denials ON audit (denied, id);
      """;

  /**
   * Of lines that others can make us write: denials, logins, certificates. Some 30 MB. What was
   * written by somebody with a right to it stays for as long as the history does.
   */
  static final int MAX_NOTED = 100_000;

  private static final String COLUMNS =
      "at, who, address, action, subject, denied, times, why, body_before, body_after";

  /** Each may hold two bodies; so many fit into any heap. */
  private static final int PAGE = 100;

  private final Connection connection;
  private final Clock clock;

  AuditTable(Connection connection, Clock clock) {
    this.connection = connection;
    this.clock = clock;
  }

  void append(AuditEntry entry) throws SQLException {
    Instant at = entry.at();
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT INTO audit (" + COLUMNS + ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")) {
      statement.setLong(1, (at == null ? clock.instant() : at).toEpochMilli());
      statement.setString(2, entry.actor().name());
      statement.setString(3, entry.actor().address());
      statement.setString(4, entry.action());
      statement.setString(5, entry.subject());
      statement.setBoolean(6, entry.denied());
      statement.setLong(7, entry.times());
      statement.setString(8, entry.why());
      statement.setString(9, entry.before());
      statement.setString(10, entry.after());
      statement.executeUpdate();
    }
  }

  /** Forgets the oldest denials beyond the bound. */
  void forgetOldDenials() throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM audit WHERE denied = 1 AND id <= (SELECT id FROM audit WHERE denied = 1"
                + " ORDER BY id DESC LIMIT 1 OFFSET ?)")) {
      statement.setInt(1, MAX_NOTED);
      statement.executeUpdate();
    }
  }

  List<AuditEntry> read(AuditQuery query) throws SQLException {
    StringBuilder sql = new StringBuilder("SELECT " + COLUMNS + " FROM audit WHERE 1 = 1");
    List<Object> values = new ArrayList<>();
    if (query.deniedOnly()) {
      sql.append(" AND denied = 1");
    }
    Instant since = query.since();
    if (since != null) {
      sql.append(" AND at >= ?");
      values.add(since.toEpochMilli());
    }
    String user = query.user();
    if (user != null) {
      sql.append(" AND who = ?");
      values.add(user);
    }
    sql.append(" ORDER BY id DESC LIMIT ?");
    values.add(query.limit());
    try (PreparedStatement statement = connection.prepareStatement(sql.toString())) {
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      List<AuditEntry> entries = new ArrayList<>();
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          entries.add(entry(row));
        }
      }
      return entries;
    }
  }

  /** The oldest. */
  Page first() throws SQLException {
    return page(0);
  }

  /**
   * Some of the log, oldest first.
   *
   * @param last id in the table
   */
  record Page(AuditTable table, List<AuditEntry> entries, long last) {
    Page next() throws SQLException {
      return table.page(last);
    }
  }

  private Page page(long after) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "SELECT " + COLUMNS + ", id FROM audit WHERE id > ? ORDER BY id LIMIT " + PAGE)) {
      statement.setLong(1, after);
      List<AuditEntry> entries = new ArrayList<>();
      long last = after;
      try (ResultSet row = statement.executeQuery()) {
        while (row.next()) {
          entries.add(entry(row));
          last = row.getLong(11);
        }
      }
      return new Page(this, entries, last);
    }
  }

  private static AuditEntry entry(ResultSet row) throws SQLException {
    return new AuditEntry(
        Instant.ofEpochMilli(row.getLong(1)),
        new Actor(row.getString(2), row.getString(3)),
        row.getString(4),
        row.getString(5),
        row.getBoolean(6),
        row.getLong(7),
        row.getString(8),
        row.getString(9),
        row.getString(10));
  }
}
