package io.endomesh.instrumentation.jdbc;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Oracle's driver: where a physical connection is opened. Its
 * statements are its own, so it is told from the drivers of {@link JdbcInstrumentation}, which have
 * all join points or do not fit. Immutable.
 */
public final class OracleInstrumentation extends Instrumentation {

  @Override
  public String name() {
    return "jdbc-oracle";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        // oracle.jdbc.OracleDriver inherits connect from it.
        Weave.types("oracle.jdbc.driver.OracleDriver")
            .method("connect")
            .taking("java.lang.String", "java.util.Properties")
            .advice("io.endomesh.instrumentation.jdbc.ConnectAdvice"));
  }
}
