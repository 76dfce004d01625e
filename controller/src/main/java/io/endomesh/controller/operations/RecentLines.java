package io.endomesh.controller.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last lines of the log, for who looks for a cause. Thread-safe. */
final class RecentLines extends AppenderBase<ILoggingEvent> {

  static final int MAX_LINES = 1000;

  /** A stack trace in each line would be some megabytes. */
  static final int MAX_LENGTH = 4000;

  private final JsonLine encoder = new JsonLine();

  // Guarded by itself.
  private final Deque<String> lines = new ArrayDeque<>();

  @Override
  protected void append(ILoggingEvent event) {
    String line = new String(encoder.encode(event), UTF_8).strip();
    synchronized (lines) {
      if (lines.size() == MAX_LINES) {
        lines.removeFirst();
      }
      lines.addLast(line.length() <= MAX_LENGTH ? line : line.substring(0, MAX_LENGTH) + "…");
    }
  }

  List<String> lines() {
    synchronized (lines) {
      return List.copyOf(lines);
    }
  }
}
