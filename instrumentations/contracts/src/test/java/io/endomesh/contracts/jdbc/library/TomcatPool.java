package io.endomesh.contracts.jdbc.library;

import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Function;
import org.apache.tomcat.jdbc.pool.DataSource;
import org.apache.tomcat.jdbc.pool.PoolProperties;

/** Tomcat's pool, from HikariCP's names of settings. Stateless. */
public final class TomcatPool implements Function<Properties, Pool> {

  @Override
  public Pool apply(Properties settings) {
    int size = Integer.parseInt(settings.getProperty("maximumPoolSize"));
    PoolProperties pool = new PoolProperties();
    pool.setUrl(settings.getProperty("jdbcUrl"));
    pool.setDriverClassName(settings.getProperty("driverClassName"));
    pool.setUsername(settings.getProperty("username"));
    pool.setPassword(settings.getProperty("password"));
    pool.setInitialSize(size);
    pool.setMinIdle(size);
    pool.setMaxIdle(size);
    pool.setMaxActive(size);
    // By Connection.isValid, as there is no query; each time it is handed out.
    pool.setTestOnBorrow(true);
    pool.setValidationInterval(0);
    return new Tomcats(new DataSource(pool));
  }

  private record Tomcats(DataSource source) implements Pool {
    @Override
    public Connection connection() throws SQLException {
      return source.getConnection();
    }

    @Override
    public void close() {
      source.close(true);
    }
  }
}
