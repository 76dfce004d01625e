package io.endomesh.dataplane.http;

import io.endomesh.dataplane.AgentThread;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections of HTTP/2 that are to take no more requests, and end when those that they have are
 * answered. They are looked at now and then by one thread, which is there only as long as there are
 * such connections. Thread-safe.
 */
public final class LastStreams {

  /**
   * Until the first look, and between looks. Longer than the goodbye needs to the caller, and what
   * the caller sent meanwhile needs back.
   */
  private static final long LOOK_MILLIS = 500;

  private static final Set<Connection> CONNECTIONS = ConcurrentHashMap.newKeySet();
  private static boolean isWatched;

  private LastStreams() {}

  /** How a library says it. Equal if it is the same connection. Thread-safe. */
  public interface Connection {

    /**
     * Says that there will be no more (GOAWAY with the highest number of all, RFC 9113, 6.8), by
     * the library's own means; nothing if it has none that lets what runs go on.
     */
    void sayGoodbye();

    /** True if nothing runs on it, or if it is closed. */
    boolean isQuiet();

    /** Says which was the last request, and closes it; nothing runs on it. */
    void end();
  }

  /** The answer of a request that was to be the last of its connection has ended. */
  public static void endWhenQuiet(Connection connection) {
    if (CONNECTIONS.add(connection)) {
      connection.sayGoodbye();
      watch();
    }
  }

  private static synchronized void watch() {
    if (!isWatched) {
      isWatched = true;
      new AgentThread(LastStreams::look, "last-streams").start();
    }
  }

  private static void look() {
    while (goesOn()) {
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        // Nobody has a reason to; the next look comes early.
      }
      CONNECTIONS.removeIf(LastStreams::isThrough);
    }
  }

  private static synchronized boolean goesOn() {
    isWatched = !CONNECTIONS.isEmpty();
    return isWatched;
  }

  private static boolean isThrough(Connection connection) {
    try {
      if (!connection.isQuiet()) {
        return false;
      }
      connection.end();
    } catch (RuntimeException | LinkageError ofOneConnection) {
      // It goes on as without us; the others end.
    }
    return true;
  }
}
