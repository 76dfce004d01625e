package io.endomesh.contracts.jdbc;

import io.endomesh.testkit.DatabaseUnderTest.Pool;
import io.endomesh.testkit.StagedCode;
import io.endomesh.testkit.StagedLibrary;
import io.endomesh.testkit.database.DatabaseServer;
import java.io.File;
import java.sql.Driver;
import java.util.Properties;
import java.util.function.Function;

/** One version of a driver, in a class loader of its own together with a pool. Immutable. */
final class DriverVersion {

  private static final String LIBRARY = "io.endomesh.contracts.jdbc.library.";

  private final String jar;
  private final String pool;
  private final StagedCode code;
  private final Driver driver;

  /**
   * With HikariCP.
   *
   * @param test that holds it to its contract
   */
  DriverVersion(Class<?> test, String driver) {
    this(StagedLibrary.of(test), driver, StagedLibrary.named("hikari"), "Hikari");
  }

  /**
   * @param pool simple name of the class that opens one
   */
  DriverVersion(StagedLibrary jars, String driver, StagedLibrary poolJars, String pool) {
    this.jar = jars.classPath();
    this.pool = LIBRARY + pool;
    this.code = new StagedCode(jar + File.pathSeparator + poolJars.classPath(), LIBRARY);
    this.driver = code.make(Driver.class, driver);
  }

  Driver driver() {
    return driver;
  }

  String jar() {
    return jar;
  }

  @SuppressWarnings("unchecked")
  Pool pool(String url, DatabaseServer server, int size) {
    Properties settings = new Properties();
    settings.setProperty("jdbcUrl", url);
    settings.setProperty("driverClassName", driver.getClass().getName());
    settings.setProperty("username", server.user());
    settings.setProperty("password", server.password());
    settings.setProperty("maximumPoolSize", Integer.toString(size));
    return ((Function<Properties, Pool>) code.make(Function.class, pool)).apply(settings);
  }
}
