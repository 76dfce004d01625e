package io.endomesh.instrumentation.jdbc;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave how drivers of MySQL and MariaDB cancel a statement: by a second
 * connection, which the first one's server takes by the same TLS only. Others have nothing of the
 * kind, so it is told from {@link JdbcInstrumentation}. Immutable.
 */
public final class CancelInstrumentation extends Instrumentation {

  @Override
  public String name() {
    return "jdbc-cancel";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(
                // After a time-out, on a thread of its own.
                "com.mysql.cj.CancelQueryTaskImpl$1",
                "com.mysql.cj.jdbc.StatementImpl",
                "org.mariadb.jdbc.Connection",
                // MariaDB's up to 2.7.
                "org.mariadb.jdbc.internal.protocol.AbstractQueryProtocol")
            .method("run", "cancel", "cancelCurrentQuery")
            .advice("io.endomesh.instrumentation.jdbc.SecondConnectionAdvice"));
  }
}
