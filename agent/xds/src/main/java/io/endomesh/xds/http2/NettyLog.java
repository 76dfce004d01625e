package io.endomesh.xds.http2;

import io.endomesh.xds.runtime.Log;
import io.netty.util.internal.logging.AbstractInternalLogger;
import io.netty.util.internal.logging.InternalLogger;
import io.netty.util.internal.logging.InternalLoggerFactory;

/**
 * Netty's warnings, in the agent's log. Without it Netty would look for SLF4J, Log4j and
 * java.util.logging, and set up the application's logging before the application does. Thread-safe.
 */
final class NettyLog extends AbstractInternalLogger {

  private static final long serialVersionUID = 1;

  private final transient Log log;

  private NettyLog(String name, Log log) {
    super(name);
    this.log = log;
  }

  /** Takes effect for loggers made from now on: call it before anything else of Netty. */
  static void install(Log log) {
    InternalLoggerFactory.setDefaultFactory(
        new InternalLoggerFactory() {
          @Override
          protected InternalLogger newInstance(String name) {
            return new NettyLog(name, log);
          }
        });
  }

  private void write(String message) {
    log.warn("connection to the controller or a limit server: " + message);
  }

  private static String fill(String format, Object... arguments) {
    StringBuilder filled = new StringBuilder(format);
    for (Object argument : arguments) {
      int hole = filled.indexOf("{}");
      if (hole < 0) {
        filled.append(' ').append(argument);
      } else {
        filled.replace(hole, hole + 2, String.valueOf(argument));
      }
    }
    return filled.toString();
  }

  @Override
  public boolean isTraceEnabled() {
    return false;
  }

  @Override
  public void trace(String message) {}

  @Override
  public void trace(String format, Object argument) {}

  @Override
  public void trace(String format, Object first, Object second) {}

  @Override
  public void trace(String format, Object... arguments) {}

  @Override
  public void trace(String message, Throwable cause) {}

  @Override
  public boolean isDebugEnabled() {
    return false;
  }

  @Override
  public void debug(String message) {}

  @Override
  public void debug(String format, Object argument) {}

  @Override
  public void debug(String format, Object first, Object second) {}

  @Override
  public void debug(String format, Object... arguments) {}

  @Override
  public void debug(String message, Throwable cause) {}

  @Override
  public boolean isInfoEnabled() {
    return false;
  }

  @Override
  public void info(String message) {}

  @Override
  public void info(String format, Object argument) {}

  @Override
  public void info(String format, Object first, Object second) {}

  @Override
  public void info(String format, Object... arguments) {}

  @Override
  public void info(String message, Throwable cause) {}

  @Override
  public boolean isWarnEnabled() {
    return true;
  }

  @Override
  public void warn(String message) {
    write(message);
  }

  @Override
  public void warn(String format, Object argument) {
    write(fill(format, argument));
  }

  @Override
  public void warn(String format, Object first, Object second) {
    write(fill(format, first, second));
  }

  @Override
  public void warn(String format, Object... arguments) {
    write(fill(format, arguments));
  }

  @Override
  public void warn(String message, Throwable cause) {
    write(message + ": " + cause);
  }

  @Override
  public boolean isErrorEnabled() {
    return true;
  }

  @Override
  public void error(String message) {
    write(message);
  }

  @Override
  public void error(String format, Object argument) {
    write(fill(format, argument));
  }

  @Override
  public void error(String format, Object first, Object second) {
    write(fill(format, first, second));
  }

  @Override
  public void error(String format, Object... arguments) {
    write(fill(format, arguments));
  }

  @Override
  public void error(String message, Throwable cause) {
    write(message + ": " + cause);
  }
}
