package io.endomesh.testkit;

import io.endomesh.testkit.database.DatabaseServer;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;

/**
 * A JDBC driver in one version, made in a class loader of its own, and a real server it speaks to.
 * Its URLs are written as an application writes them. Thread-safe.
 */
public interface DatabaseUnderTest {

  Driver driver();

  /** The driver and its libraries, as the class path of a JVM without an agent. */
  String classPath();

  DatabaseServer server();

  /** Value of {@code db.system.name}. */
  String system();

  /** A URL of the server's database that sets {@link #setting} to 4321. */
  String url(String authority);

  /** The same, of a connection that only reads. */
  String readOnly(String authority);

  /** A query for what {@link #url} set. */
  String setting();

  /** A URL of a database that the server does not have. */
  String unknownDatabase(String authority);

  /** A URL whose connections time out after half a second or one. */
  String impatient(String authority);

  /** A URL of several servers; the driver tries them in this order. */
  String severalHosts(String first, String second);

  /** A URL of another driver. */
  String foreign(String authority);

  /**
   * An INSERT of an {@code item} into {@code orders} which has the word {@code secret} in every
   * kind of literal there is.
   */
  String literals();

  /** DDL for a function {@code twice} of an integer. */
  String function();

  /** Calls it: parameter 1 is the result, 2 the argument. */
  String call();

  /** A query that runs for half a minute, unless it is ended. */
  String endless();

  /**
   * How many {@link #endless} ones the server runs: drivers send what cancels one once only, and
   * too early it does nothing. Empty if the server cannot say.
   */
  default String running() {
    return "";
  }

  /** Opens a pool of at most and at least {@code size} connections. */
  Pool pool(String url, int size);

  /** A pool of connections, as applications use one. */
  interface Pool extends AutoCloseable {
    Connection connection() throws SQLException;

    @Override
    void close();
  }
}
