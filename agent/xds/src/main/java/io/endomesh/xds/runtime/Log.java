package io.endomesh.xds.runtime;

/**
 * Where sentences for the user go. The agent decides how they are written: not through a logging
 * library, which would be set up before the application could choose its own. Thread-safe.
 */
public interface Log {

  void info(String sentence);

  /** Something the user can act on. */
  void warn(String sentence);

  /** Something that stops calls, or soon will. */
  void error(String sentence);
}
