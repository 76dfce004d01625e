package io.endomesh.dataplane.http;

import io.endomesh.dataplane.AgentThread;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Connections of HTTP/2 that are to take no more requests, and end when those that they have are
 * answered. They are looked at now and then by one thread, which is there only as long as there are
 * such connections. Thread-safe.
 *
 * <p>The goodbye is said while nothing runs: there are clients that break off all that runs when
 * they read it, Java's own before JDK 24 among them. A connection that is never without a request
 * is told so after a while all the same, and its requests are answered.
 */
public final class LastStreams {

  /**
   * Until the first look, and between looks. Longer than the goodbye needs to the caller, and what
   * the caller sent meanwhile needs back.
   */
  private static final long LOOK_MILLIS = 500;

  /** For a moment in which nothing runs; short of the time that certificates have left. */
  static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(10);

  private static final LastStreams OF_JVM = new LastStreams();

  private final Map<Connection, Wait> waits = new ConcurrentHashMap<>();

  /** Guarded by this. */
  private boolean isWatched;

  LastStreams() {}

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

  /**
   * @param since when it was to be its last request, by {@link System#nanoTime}
   */
  private record Wait(long since, boolean goodbyeWasSaid) {}

  /** The answer of a request that was to be the last of its connection has ended. */
  public static void endWhenQuiet(Connection connection) {
    if (OF_JVM.add(connection, System.nanoTime())) {
      OF_JVM.watch();
    }
  }

  /** False if it is known. */
  boolean add(Connection connection, long now) {
    return waits.putIfAbsent(connection, new Wait(now, /* goodbyeWasSaid= */ false)) == null;
  }

  private synchronized void watch() {
    if (!isWatched) {
      isWatched = true;
      new AgentThread(this::run, "last-streams").start();
    }
  }

  private void run() {
    while (goesOn()) {
      try {
        Thread.sleep(LOOK_MILLIS);
      } catch (InterruptedException e) {
        // Nobody has a reason to; the next look comes early.
      }
      look(System.nanoTime());
    }
  }

  private synchronized boolean goesOn() {
    isWatched = !waits.isEmpty();
    return isWatched;
  }

  void look(long now) {
    for (Map.Entry<Connection, Wait> entry : waits.entrySet()) {
      if (isThrough(entry.getKey(), entry.getValue(), now)) {
        waits.remove(entry.getKey());
      }
    }
  }

  /** Those that are waited for. */
  int size() {
    return waits.size();
  }

  private boolean isThrough(Connection connection, Wait wait, long now) {
    try {
      boolean isQuiet = connection.isQuiet();
      if (wait.goodbyeWasSaid) {
        if (isQuiet) {
          connection.end();
        }
        return isQuiet;
      }
      if (isQuiet || now - wait.since > PATIENCE_NANOS) {
        connection.sayGoodbye();
        waits.put(connection, new Wait(wait.since, /* goodbyeWasSaid= */ true));
      }
      return false;
    } catch (RuntimeException | LinkageError ofOneConnection) {
      // It goes on as without us; the others end.
      return true;
    }
  }
}
