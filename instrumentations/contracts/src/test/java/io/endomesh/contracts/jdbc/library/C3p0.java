package io.endomesh.contracts.jdbc.library;

import com.mchange.v2.c3p0.ComboPooledDataSource;
import io.endomesh.testkit.DatabaseUnderTest.Pool;
import java.beans.PropertyVetoException;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.function.Function;

/** c3p0, from HikariCP's names of settings. Stateless. */
public final class C3p0 implements Function<Properties, Pool> {

  @Override
  public Pool apply(Properties settings) {
    int size = Integer.parseInt(settings.getProperty("maximumPoolSize"));
    ComboPooledDataSource source = new ComboPooledDataSource();
    try {
      source.setDriverClass(settings.getProperty("driverClassName"));
    } catch (PropertyVetoException e) {
      throw new IllegalStateException(e);
    }
    source.setJdbcUrl(settings.getProperty("jdbcUrl"));
    source.setUser(settings.getProperty("username"));
    source.setPassword(settings.getProperty("password"));
    source.setInitialPoolSize(size);
    source.setMinPoolSize(size);
    source.setMaxPoolSize(size);
    source.setTestConnectionOnCheckout(true);
    return new C3p0s(source);
  }

  private record C3p0s(ComboPooledDataSource source) implements Pool {
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
