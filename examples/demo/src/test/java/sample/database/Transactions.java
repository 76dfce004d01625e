package sample.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.datasource.LazyConnectionDataSourceProxy;

/**
 * An application that knows nothing of a mesh. Its input is {@code open NAME WRITER READER}, two
 * URLs that become the data sources {@code NAME}, without a pool, and {@code pooled-NAME}; or
 * {@code DATA-SOURCE COUNT read|write STATEMENT}: so many transactions at once of one statement
 * each, answered by the first column of the first row, or by SQLState and message, with a bar
 * between them.
 */
final class Transactions {

  /** As applications have it that would rather fail than wait. */
  private static final long WAIT_MILLIS = 2000;

  private static final String USER = "shop";
  private static final String PASSWORD = "shop-password";

  private static final Map<String, DataSource> SOURCES = new HashMap<>();
  private static final List<HikariDataSource> POOLS = new ArrayList<>();

  private Transactions() {}

  public static void main(String[] args) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      String[] words = line.split(" ", 4);
      System.out.println("did " + (words[0].equals("open") ? open(words) : run(words)));
    }
    POOLS.forEach(HikariDataSource::close);
  }

  private static String open(String[] words) {
    SOURCES.put(words[1], byReadOnly(plain(words[2]), plain(words[3])));
    SOURCES.put("pooled-" + words[1], byReadOnly(pool(words[2]), pool(words[3])));
    return words[1];
  }

  /** As Spring's documentation has it for {@code @Transactional(readOnly = true)}. */
  private static DataSource byReadOnly(DataSource writer, DataSource reader) {
    LazyConnectionDataSourceProxy proxy = new LazyConnectionDataSourceProxy();
    proxy.setTargetDataSource(writer);
    proxy.setReadOnlyDataSource(reader);
    proxy.setDefaultAutoCommit(true);
    proxy.setDefaultTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
    return proxy;
  }

  private static DataSource plain(String url) {
    return new DriverManagerDataSource(url, USER, PASSWORD);
  }

  private static DataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setUsername(USER);
    config.setPassword(PASSWORD);
    config.setConnectionTimeout(WAIT_MILLIS);
    config.setMinimumIdle(0);
    config.setInitializationFailTimeout(-1);
    HikariDataSource pool = new HikariDataSource(config);
    POOLS.add(pool);
    return pool;
  }

  private static String run(String[] words) throws Exception {
    int count = Integer.parseInt(words[1]);
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<Future<String>> running = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        running.add(
            threads.submit(
                () -> transaction(SOURCES.get(words[0]), words[2].equals("read"), words[3])));
      }
      List<String> outcomes = new ArrayList<>();
      for (Future<String> each : running) {
        outcomes.add(each.get());
      }
      return String.join(" | ", outcomes);
    } finally {
      threads.shutdown();
    }
  }

  private static String transaction(DataSource source, boolean readOnly, String sql) {
    try (Connection connection = source.getConnection()) {
      connection.setReadOnly(readOnly);
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        String outcome = statement.execute(sql) ? first(statement) : "done";
        connection.commit();
        return outcome;
      } catch (SQLException e) {
        connection.rollback();
        throw e;
      }
    } catch (SQLException e) {
      return said(e).replace('\n', ' ');
    }
  }

  private static String first(Statement statement) throws SQLException {
    try (ResultSet rows = statement.getResultSet()) {
      return rows.next() ? rows.getString(1) : "none";
    }
  }

  /** What the mesh adds to a driver's error stands among the suppressed ones. */
  private static String said(SQLException e) {
    StringBuilder said = new StringBuilder(e.getSQLState() + ": " + e.getMessage());
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      for (Throwable suppressed : cause.getSuppressed()) {
        said.append("; ").append(suppressed.getMessage());
      }
    }
    return said.toString();
  }
}
