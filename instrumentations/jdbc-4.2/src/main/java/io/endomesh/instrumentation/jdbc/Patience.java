package io.endomesh.instrumentation.jdbc;

import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * How long the application waits for a connection: no attempt is begun that it would not wait for.
 * A driver's own limit for one attempt is not known here; it shows as a time-out, which is final.
 * Immutable.
 *
 * @param limitNanos 0 for no limit, as {@link DriverManager#getLoginTimeout} has it
 */
record Patience(long startNanos, long limitNanos) {

  /** Of PostgreSQL and SQL Server, in seconds; it goes before that of the driver manager. */
  private static final String LOGIN_TIMEOUT = "loginTimeout";

  private static final Pattern IN_URL =
      Pattern.compile("[?&;]" + LOGIN_TIMEOUT + "=([0-9]{1,6}(?:\\.[0-9]{1,6})?)");

  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,6}(?:\\.[0-9]{1,6})?");

  static Patience of(JdbcUrl url, @Nullable Properties properties) {
    return new Patience(
        System.nanoTime(), (long) (seconds(url, properties) * TimeUnit.SECONDS.toNanos(1)));
  }

  private static double seconds(JdbcUrl url, @Nullable Properties properties) {
    Matcher inUrl = IN_URL.matcher(url.rest());
    if (inUrl.find()) {
      return Double.parseDouble(inUrl.group(1));
    }
    String given = properties == null ? null : properties.getProperty(LOGIN_TIMEOUT);
    return given != null && SECONDS.matcher(given).matches()
        ? Double.parseDouble(given)
        : DriverManager.getLoginTimeout();
  }

  /** True if the application still waits, given how the last attempt ended. */
  boolean lastsAfter(SQLException last) {
    return !ConnectionFailure.isTimeout(last)
        && (limitNanos == 0 || System.nanoTime() - startNanos < limitNanos);
  }
}
