package io.endomesh.dataplane.http;

import io.endomesh.dataplane.AgentThread;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connections of HTTP/2 that have lasted too long, and end in their next pause, as they would if
 * they had been idle. They are looked at now and then by one thread, which is there only as long as
 * there are such connections. Thread-safe.
 *
 * <p>A goodbye while calls are under way (GOAWAY with the highest number of all, RFC 9113, 6.8)
 * would end them sooner, but clients do not bear it: that of JDK 17 fails every call of the
 * connection, and the next one besides (JDK-8335181).
 */
public final class LastStreams {

  /**
   * Until the first look, and between looks. A pause is one that is seen by two looks: longer than
   * a caller needs to send what comes next.
   */
  private static final long LOOK_MILLIS = 250;

  /** And whether nothing ran on it at the last look. */
  private static final Map<Connection, Boolean> CONNECTIONS = new ConcurrentHashMap<>();

  private static boolean isWatched;

  private LastStreams() {}

  /** How a library says it. Equal if it is the same connection. Thread-safe. */
  public interface Connection {

    /** True if nothing runs on it, or if it is closed. */
    boolean isQuiet();

    /** Says which was the last request, and closes it; nothing runs on it. */
    void end();
  }

  /** A request on it has ended that should have been the last of its connection. */
  public static void endInNextPause(Connection connection) {
    CONNECTIONS.put(connection, false);
    watch();
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
      CONNECTIONS.forEach(LastStreams::lookAt);
    }
  }

  private static synchronized boolean goesOn() {
    isWatched = !CONNECTIONS.isEmpty();
    return isWatched;
  }

  private static void lookAt(Connection connection, boolean wasQuiet) {
    try {
      if (!connection.isQuiet()) {
        CONNECTIONS.replace(connection, true, false);
      } else if (!wasQuiet) {
        CONNECTIONS.replace(connection, false, true);
      } else if (CONNECTIONS.remove(connection, true)) {
        connection.end();
      }
    } catch (RuntimeException | LinkageError ofOneConnection) {
      // It goes on as without us; the others end.
      CONNECTIONS.remove(connection);
    }
  }
}
