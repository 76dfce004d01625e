package io.endomesh.contracts.r2dbc;

import java.util.List;

/** A driver of one version, used as an application uses it. Thread-safe. */
public interface R2dbcUnderTest {

  /**
   * A new connection.
   *
   * @throws Exception what the driver, or the mesh, says if there is none
   */
  Session open(String url, String user, String password) throws Exception;

  /** A connection. Not thread-safe. */
  interface Session extends AutoCloseable {

    /** Executes a statement; the first column of its rows, or how many rows it changed. */
    List<String> ask(String sql) throws Exception;

    /** As {@link #ask}, with one value for each parameter. */
    List<String> ask(String sql, String... values) throws Exception;

    /** Executes a statement once for each value of its only parameter, in one go. */
    void each(String sql, String... values) throws Exception;

    /** Executes statements in one go. */
    void batch(String... statements) throws Exception;

    /** Subscribes to an execution and cancels it at once. */
    void giveUp(String sql);

    /** The thread that the results of a statement came on. */
    String threadOf(String sql) throws Exception;

    /** True if an application may cast the connection to an interface of its driver. */
    boolean isA(String type) throws ClassNotFoundException;

    @Override
    void close() throws Exception;
  }
}
