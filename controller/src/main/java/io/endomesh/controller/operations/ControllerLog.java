package io.endomesh.controller.operations;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import com.linecorp.armeria.server.ServiceRequestContext;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/** The log of this process: its form, its level, its last lines. */
public final class ControllerLog {

  /** What a line looks like. */
  public enum Format {
    HUMAN,
    JSON
  }

  /** How much is said. */
  public enum Verbosity {
    ERROR,
    WARN,
    INFO,
    DEBUG,
    TRACE
  }

  private static final String RECENT = "RECENT";

  private ControllerLog() {}

  /**
   * To be called once, before anything is logged.
   *
   * @param verbosity null: as the environment says, or INFO
   */
  public static void configure(Format format, @Nullable Verbosity verbosity) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    // It logs while it is loaded, and each JSON line asks it for the request.
    ServiceRequestContext.currentOrNull();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.detachAndStopAllAppenders();
    EncoderBase<ILoggingEvent> encoder = format == Format.JSON ? new JsonLine() : new HumanLine();
    encoder.setContext(context);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    console.setEncoder(encoder);
    console.start();
    root.addAppender(console);
    RecentLines recent = new RecentLines();
    recent.setName(RECENT);
    recent.setContext(context);
    recent.start();
    root.addAppender(recent);
    if (verbosity != null) {
      root.setLevel(Level.valueOf(verbosity.name()));
    }
  }

  /** As JSON, oldest first; none where the log was not configured here, as in tests. */
  static List<String> recent() {
    return LoggerFactory.getILoggerFactory() instanceof LoggerContext context
            && context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).getAppender(RECENT)
                instanceof RecentLines recent
        ? recent.lines()
        : List.of();
  }
}
