package io.endomesh.controller.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * A store in one SQLite file, which this process alone may open. A write has reached the disk when
 * it returns. Reads are answered from memory. Thread-safe.
 */
public final class SqliteResourceStore implements ResourceStore {

  private static final Logger log = LoggerFactory.getLogger(SqliteResourceStore.class);

  private static final String SCHEMA =
      """
      CREATE TABLE IF NOT EXISTS resource (
        kind TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
        revision INTEGER NOT NULL, body TEXT NOT NULL,
        created_at TEXT NOT NULL, updated_at TEXT NOT NULL,
        PRIMARY KEY (kind, namespace, name)) WITHOUT ROWID;
      CREATE TABLE IF NOT EXISTS fact (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
      """;

  public static final String FILE_NAME = "endomesh.db";

  static final String PUT_FACT = "INSERT OR REPLACE INTO fact (name, value) VALUES (?, ?)";

  private static final String REMOVE_FACT = "DELETE FROM fact WHERE name = ?";

  private final Path file;
  private final Connection connection;
  private final Clock clock;
  private final HistoryTable history;
  private final AuditTable audit;
  private final List<Consumer<Resources>> listeners = new CopyOnWriteArrayList<>();

  /** Guards the connection, and keeps notifications in the order of the writes. */
  private final Object lock = new Object();

  private volatile Resources resources;

  private SqliteResourceStore(Path file, Connection connection, Clock clock) throws SQLException {
    this.file = file;
    this.connection = connection;
    this.clock = clock;
    this.history = new HistoryTable(connection);
    this.audit = new AuditTable(connection, clock);
    this.resources = load();
  }

  /**
   * Opens the store of a data directory, or makes one there.
   *
   * @throws IOException with a sentence
   */
  public static SqliteResourceStore open(Path directory, Clock clock) throws IOException {
    Files.createDirectories(directory);
    SqliteSnapshot.removeLeftovers(directory);
    Path file = directory.resolve(FILE_NAME);
    try {
      Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
      try {
        return open(file, connection, clock);
      } catch (SQLException e) {
        connection.close();
        throw e;
      }
    } catch (SQLException e) {
      throw new IOException(openFailed(file, e), e);
    }
  }

  private static SqliteResourceStore open(Path file, Connection connection, Clock clock)
      throws SQLException {
    prepare(connection);
    return new SqliteResourceStore(file, connection, clock);
  }

  /** Whether another process has it open; false for one that is damaged, or not there. */
  public static boolean isInUse(Path directory) {
    Path file = directory.resolve(FILE_NAME);
    if (!Files.exists(file)) {
      return false;
    }
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
        Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("BEGIN EXCLUSIVE");
      statement.execute("ROLLBACK");
      return false;
    } catch (SQLException e) {
      return code(e) == SQLiteErrorCode.SQLITE_BUSY;
    }
  }

  static void prepare(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("PRAGMA locking_mode = EXCLUSIVE");
      statement.execute("PRAGMA journal_mode = WAL");
      // FULL: a power failure right after the answer must not lose what was applied.
      statement.execute("PRAGMA synchronous = FULL");
      statement.executeUpdate(SCHEMA);
      statement.executeUpdate(HistoryTable.SCHEMA);
      HistoryTable.upgrade(connection);
      statement.executeUpdate(AuditTable.SCHEMA);
    }
  }

  private static String openFailed(Path file, SQLException e) {
    return code(e) == SQLiteErrorCode.SQLITE_BUSY
        ? "data directory: " + file + " is in use by another controller (expected: one of its own)"
        : "data directory: " + file + " cannot be opened: " + e.getMessage();
  }

  @Override
  public Resources resources() {
    return resources;
  }

  @Override
  public Resources write(String author, List<Write> writes) throws StoreException {
    return write(author, null, writes);
  }

  @Override
  public Resources write(Actor actor, List<Write> writes) throws StoreException {
    return write(actor.name(), actor, writes);
  }

  /**
   * @param actor for the audit log; null: it is not for that
   */
  private Resources write(String author, @Nullable Actor actor, List<Write> writes)
      throws StoreException {
    synchronized (lock) {
      Resources before = resources;
      Plan plan =
          Plan.of(before, author, actor == null ? "" : actor.why(), writes, clock.instant());
      Resources after = plan.after();
      if (after == before) {
        return before;
      }
      try {
        execute("BEGIN");
        save(plan, actor);
        execute("COMMIT");
      } catch (SQLException e) {
        rollback();
        throw unavailable("nothing was applied", e);
      }
      resources = after;
      tell(author, writes, after);
      for (Consumer<Resources> listener : listeners) {
        listener.accept(after);
      }
      return after;
    }
  }

  /** For who reads the log; the audit log has all of it. */
  private static void tell(String author, List<Write> writes, Resources after) {
    String first = writes.get(0).key().toString();
    String all = writes.size() == 1 ? first : first + " and " + (writes.size() - 1) + " more";
    log.atInfo()
        .addKeyValue("actor", author)
        .addKeyValue("resource", all)
        .addKeyValue("revision", after.revision())
        .log("{} changed {}", author, all);
  }

  private void save(Plan plan, @Nullable Actor actor) throws SQLException {
    for (Change change : plan.changes()) {
      StoredResource resource = plan.after().byKey().get(change.key());
      if (resource == null) {
        delete(change.key());
      } else {
        put(connection, resource);
      }
      history.append(change);
      if (actor != null) {
        audit.append(Plan.audited(actor, change));
      }
    }
  }

  static void put(Connection connection, StoredResource resource) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "INSERT OR REPLACE INTO resource VALUES (?, ?, ?, ?, ?, ?, ?)")) {
      HistoryTable.bind(statement, 1, resource.key());
      statement.setLong(4, resource.revision());
      statement.setString(5, resource.body());
      statement.setString(6, resource.createdAt().toString());
      statement.setString(7, resource.updatedAt().toString());
      statement.executeUpdate();
    }
  }

  private void delete(ResourceKey key) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            "DELETE FROM resource WHERE kind = ? AND namespace = ? AND name = ?")) {
      HistoryTable.bind(statement, 1, key);
      statement.executeUpdate();
    }
  }

  @Override
  public List<Change> history(@Nullable ResourceKey key, int limit) {
    synchronized (lock) {
      try {
        return history.read(key, limit);
      } catch (SQLException e) {
        throw new StoreUnreadable(unavailable("no history", e).getMessage(), e);
      }
    }
  }

  @Override
  public List<Change> ofRevision(long revision) {
    synchronized (lock) {
      try {
        return history.ofRevision(revision);
      } catch (SQLException e) {
        throw new StoreUnreadable(unavailable("no history", e).getMessage(), e);
      }
    }
  }

  @Override
  public Watch watch(Consumer<Resources> listener) {
    synchronized (lock) {
      listeners.add(listener);
      listener.accept(resources);
    }
    return () -> listeners.remove(listener);
  }

  @Override
  public Optional<String> fact(String name) {
    return Optional.ofNullable(facts(name).get(name));
  }

  @Override
  public Map<String, String> facts(String prefix) {
    synchronized (lock) {
      try (PreparedStatement statement =
          connection.prepareStatement(
              "SELECT name, value FROM fact WHERE substr(name, 1, length(?)) = ?")) {
        statement.setString(1, prefix);
        statement.setString(2, prefix);
        Map<String, String> facts = new TreeMap<>();
        try (ResultSet row = statement.executeQuery()) {
          while (row.next()) {
            facts.put(row.getString(1), row.getString(2));
          }
        }
        return facts;
      } catch (SQLException e) {
        throw new StoreUnreadable(unavailable("nothing was read", e).getMessage(), e);
      }
    }
  }

  @Override
  public void putFact(String name, String value) throws StoreException {
    update(PUT_FACT, name, value);
  }

  @Override
  public void putFact(String name, String value, AuditEntry entry) throws StoreException {
    together(() -> execute(PUT_FACT, name, value), List.of(entry));
  }

  @Override
  public void removeFact(String name) throws StoreException {
    update(REMOVE_FACT, name);
  }

  @Override
  public void removeFact(String name, AuditEntry entry) throws StoreException {
    together(() -> execute(REMOVE_FACT, name), List.of(entry));
  }

  @Override
  public void append(List<AuditEntry> entries) throws StoreException {
    together(audit::forgetOldDenials, entries);
  }

  @Override
  public List<AuditEntry> audit(AuditQuery query) {
    synchronized (lock) {
      try {
        return audit.read(query);
      } catch (SQLException e) {
        throw new StoreUnreadable(unavailable("no audit log", e).getMessage(), e);
      }
    }
  }

  @Override
  public @Nullable String trouble() {
    try {
      facts("readiness");
      return null;
    } catch (StoreUnreadable e) {
      return e.getMessage();
    }
  }

  @Override
  public Snapshot snapshot() throws IOException {
    synchronized (lock) {
      try {
        return SqliteSnapshot.of(file, connection);
      } catch (SQLException e) {
        throw new IOException(unavailable("nothing was copied", e).getMessage(), e);
      }
    }
  }

  private interface Statements {
    void execute() throws SQLException;
  }

  /** All of it, or nothing. */
  private void together(Statements change, List<AuditEntry> entries) throws StoreException {
    synchronized (lock) {
      try {
        execute("BEGIN");
        change.execute();
        for (AuditEntry entry : entries) {
          audit.append(entry);
        }
        execute("COMMIT");
      } catch (SQLException e) {
        rollback();
        throw unavailable("nothing was kept", e);
      }
    }
  }

  private void update(String sql, String... values) throws StoreException {
    synchronized (lock) {
      try {
        execute(sql, values);
      } catch (SQLException e) {
        throw unavailable("nothing was kept", e);
      }
    }
  }

  private void execute(String sql, String... values) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.length; i++) {
        statement.setString(i + 1, values[i]);
      }
      statement.executeUpdate();
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      try {
        connection.close();
      } catch (SQLException e) {
        // Everything that was promised is on the disk already.
        log.warn("{} did not close: {}", file, e.getMessage());
      }
    }
  }

  /** Seals user records: puts all facts anew, and leaves of the old ones nothing in the file. */
  public void replaceFacts(Map<String, String> facts, AuditEntry entry) throws StoreException {
    synchronized (lock) {
      together(
          () -> {
            for (Map.Entry<String, String> fact : facts.entrySet()) {
              execute(PUT_FACT, fact.getKey(), fact.getValue());
            }
          },
          List.of(entry));
      try {
        execute("VACUUM");
        execute("PRAGMA wal_checkpoint(TRUNCATE)");
      } catch (SQLException e) {
        throw unavailable("what was replaced may still be in the file", e);
      }
    }
  }

  /** Makes the store behave as on a disk with room for this many pages. */
  void limitPages(int pages) throws SQLException {
    synchronized (lock) {
      execute("PRAGMA max_page_count = " + pages);
    }
  }

  private Resources load() throws SQLException {
    TreeMap<ResourceKey, StoredResource> byKey = new TreeMap<>();
    long revision;
    try (Statement statement = connection.createStatement()) {
      try (ResultSet row = statement.executeQuery("SELECT * FROM resource")) {
        while (row.next()) {
          ResourceKey key = new ResourceKey(row.getString(1), row.getString(2), row.getString(3));
          byKey.put(
              key,
              new StoredResource(
                  key,
                  row.getLong(4),
                  row.getString(5),
                  time(key, row.getString(6)),
                  time(key, row.getString(7))));
        }
      }
      try (ResultSet row = statement.executeQuery("SELECT max(revision) FROM history")) {
        revision = row.next() ? row.getLong(1) : 0;
      }
    }
    return new Resources(revision, byKey);
  }

  /** A damaged time must not keep all the rest from being read. */
  private Instant time(ResourceKey key, @Nullable String text) {
    try {
      return Instant.parse(Objects.requireNonNullElse(text, ""));
    } catch (DateTimeParseException e) {
      log.warn("{}: its time is damaged, and taken to be now", key);
      return clock.instant();
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private void rollback() {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite rolled back by itself, as it does when the disk is full: nothing is left to do.
      log.debug("rollback: {}", e.getMessage());
    }
  }

  private StoreException.Unavailable unavailable(String consequence, SQLException e) {
    String why =
        switch (Objects.requireNonNullElse(code(e), SQLiteErrorCode.SQLITE_ERROR)) {
          case SQLITE_FULL -> "the disk is full (expected: free space)";
          case SQLITE_READONLY -> "it is read-only (expected: a file this process may write)";
          case SQLITE_IOERR ->
              "it cannot be written: "
                  + e.getMessage()
                  + " (expected: a working disk with free space)";
          default -> "it cannot be used: " + e.getMessage();
        };
    return new StoreException.Unavailable("store: " + file + ": " + why + "; " + consequence, e);
  }

  private static @Nullable SQLiteErrorCode code(SQLException e) {
    if (!(e instanceof SQLiteException sqlite)) {
      return null;
    }
    // Extended codes carry the primary one in their lowest byte.
    return SQLiteErrorCode.getErrorCode(sqlite.getResultCode().code & 0xff);
  }
}
