package io.endomesh.contracts.jdbc.library;

import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Function;
import org.apache.commons.dbcp2.BasicDataSource;

/** Commons DBCP 2, from HikariCP's names of settings. Stateless. */
public final class Dbcp2 implements Function<Properties, Pool> {

  @Override
  public Pool apply(Properties settings) {
    int size = Integer.parseInt(settings.getProperty("maximumPoolSize"));
    BasicDataSource source = new BasicDataSource();
    source.setUrl(settings.getProperty("jdbcUrl"));
    source.setDriverClassName(settings.getProperty("driverClassName"));
    source.setUsername(settings.getProperty("username"));
    source.setPassword(settings.getProperty("password"));
    source.setInitialSize(size);
    source.setMinIdle(size);
    source.setMaxIdle(size);
    source.setMaxTotal(size);
    // By Connection.isValid, as there is no query.
    source.setTestOnBorrow(true);
    return new Dbcp2s(source);
  }

  private record Dbcp2s(BasicDataSource source) implements Pool {
    @Override
    public Connection connection() throws SQLException {
      return source.getConnection();
    }

    @Override
    public void close() {
      try {
        source.close();
      } catch (SQLException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
