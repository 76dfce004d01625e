package io.endomesh.weaving;

import java.io.PrintStream;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own few lines on stderr: {@code endomesh WARN message}. Thread-safe.
 *
 * <p>Not a logging library, because each of them is also the application's, which has yet to
 * configure it when the agent starts.
 */
public final class AgentLog {

  /** In order of weight; a level shows itself and what is heavier. */
  public enum Level {
    DEBUG,
    INFO,
    WARN,
    ERROR,
    OFF;

    static @Nullable Level of(String name) {
      for (Level level : values()) {
        if (level.name().equals(name.toUpperCase(Locale.ROOT))) {
          return level;
        }
      }
      return null;
    }
  }

  /** So many different once-only lines are remembered; what comes after them is not printed. */
  private static final int MAX_ONCE = 1000;

  /** Taken early: an application may point System.err elsewhere, even at a logger we weave. */
  private static final PrintStream STDERR = System.err;

  private static final Set<String> SAID = ConcurrentHashMap.newKeySet();

  private static volatile Level threshold = Level.INFO;

  private AgentLog() {}

  public static void threshold(Level level) {
    threshold = level;
  }

  public static boolean isDebug() {
    return threshold == Level.DEBUG;
  }

  public static void debug(String message) {
    print(Level.DEBUG, message);
  }

  public static void info(String message) {
    print(Level.INFO, message);
  }

  public static void warn(String message) {
    print(Level.WARN, message);
  }

  public static void error(String message) {
    print(Level.ERROR, message);
  }

  /** Says it the first time only; {@code key} tells what counts as the same. */
  public static void warnOnce(String key, String message) {
    if (SAID.size() < MAX_ONCE && SAID.add(key)) {
      print(Level.WARN, message);
    }
  }

  private static void print(Level level, String message) {
    if (level.compareTo(threshold) >= 0) {
      STDERR.println("endomesh " + level + " " + message);
    }
  }
}
