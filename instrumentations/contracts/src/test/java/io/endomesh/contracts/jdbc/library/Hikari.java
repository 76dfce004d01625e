package io.endomesh.contracts.jdbc.library;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Function;

/** HikariCP as an application sets it up, by HikariCP's own names of settings. Stateless. */
public final class Hikari implements Function<Properties, Pool> {

  static {
    // A connection given back is tested before it is handed out again, also within the same
    // millisecond: not every driver's error tells the pool that it is broken.
    System.setProperty("com.zaxxer.hikari.aliveBypassWindowMs", "-1");
  }

  @Override
  public Pool apply(Properties settings) {
    return new HikariPool(new HikariDataSource(new HikariConfig(settings)));
  }

  private record HikariPool(HikariDataSource source) implements Pool {
    @Override
    public Connection connection() throws SQLException {
      return source.getConnection();
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
