package io.endomesh.instrumentation.jdbc;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave JDBC drivers: where a physical connection is opened, where a
 * statement is prepared, where it is executed, and what a connection says of itself. The drivers'
 * own classes are named, not the JDBC interfaces: wrappers and pools call them, and a statement
 * counts once. Immutable.
 */
public final class JdbcInstrumentation extends Instrumentation {

  private static final String PACKAGE = "io.endomesh.instrumentation.jdbc.";

  private static final String[] DRIVERS = {
    "org.postgresql.Driver",
    "org.h2.Driver",
    // com.mysql.cj.jdbc.Driver inherits connect from it.
    "com.mysql.cj.jdbc.NonRegisteringDriver",
    "org.mariadb.jdbc.Driver",
    // Newer ones of MariaDB as well.
    "org.mariadb.jdbc.NonRegisteringDriver",
    "com.microsoft.sqlserver.jdbc.SQLServerDriver",
  };

  private static final String[] CONNECTIONS = {
    "org.postgresql.jdbc.PgConnection",
    "org.h2.jdbc.JdbcConnection",
    "com.mysql.cj.jdbc.ConnectionImpl",
    "org.mariadb.jdbc.Connection",
    // MariaDB's names up to 2.7.
    "org.mariadb.jdbc.MariaDbConnection",
    "com.microsoft.sqlserver.jdbc.SQLServerConnection",
  };

  private static final String[] META_DATA = {
    "org.postgresql.jdbc.PgDatabaseMetaData",
    "org.h2.jdbc.JdbcDatabaseMetaData",
    "com.mysql.cj.jdbc.DatabaseMetaData",
    "org.mariadb.jdbc.DatabaseMetaData",
    "org.mariadb.jdbc.MariaDbDatabaseMetaData",
    "com.microsoft.sqlserver.jdbc.SQLServerDatabaseMetaData",
  };

  private static final String[] STATEMENTS = {
    "org.postgresql.jdbc.PgStatement",
    "org.postgresql.jdbc.PgPreparedStatement",
    "org.postgresql.jdbc.PgCallableStatement",
    "org.h2.jdbc.JdbcStatement",
    "org.h2.jdbc.JdbcPreparedStatement",
    "org.h2.jdbc.JdbcCallableStatement",
    "com.mysql.cj.jdbc.StatementImpl",
    "com.mysql.cj.jdbc.ClientPreparedStatement",
    "com.mysql.cj.jdbc.ServerPreparedStatement",
    "com.mysql.cj.jdbc.CallableStatement",
    "org.mariadb.jdbc.Statement",
    "org.mariadb.jdbc.BasePreparedStatement",
    "org.mariadb.jdbc.ClientPreparedStatement",
    "org.mariadb.jdbc.ServerPreparedStatement",
    "org.mariadb.jdbc.BaseCallableStatement",
    "org.mariadb.jdbc.MariaDbStatement",
    "org.mariadb.jdbc.BasePrepareStatement",
    "org.mariadb.jdbc.ClientSidePreparedStatement",
    "org.mariadb.jdbc.ServerSidePreparedStatement",
    "org.mariadb.jdbc.MariaDbProcedureStatement",
    "org.mariadb.jdbc.MariaDbFunctionStatement",
    "com.microsoft.sqlserver.jdbc.SQLServerStatement",
    "com.microsoft.sqlserver.jdbc.SQLServerPreparedStatement",
    "com.microsoft.sqlserver.jdbc.SQLServerCallableStatement",
  };

  /** Some drivers execute statements of their own for some of these. */
  private static final String[] UPKEEP = {
    "close",
    "commit",
    "getCatalog",
    "getSchema",
    "getTransactionIsolation",
    "getWarnings",
    "isValid",
    "releaseSavepoint",
    "rollback",
    "setAutoCommit",
    "setCatalog",
    "setClientInfo",
    "setReadOnly",
    "setSavepoint",
    "setSchema",
    "setTransactionIsolation",
  };

  @Override
  public String name() {
    return "jdbc";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(DRIVERS)
            .method("connect")
            .taking("java.lang.String", "java.util.Properties")
            .advice(PACKAGE + "ConnectAdvice"),
        Weave.types(CONNECTIONS)
            .method("prepareStatement", "prepareCall")
            .takingAtLeast(1)
            .advice(PACKAGE + "PrepareAdvice"),
        Weave.types(CONNECTIONS).method(UPKEEP).advice(PACKAGE + "UpkeepAdvice"),
        Weave.types(META_DATA).method("getURL").taking().advice(PACKAGE + "UrlAdvice"),
        Weave.types(STATEMENTS)
            .method("execute", "executeQuery", "executeUpdate", "executeLargeUpdate")
            .advice(PACKAGE + "ExecuteAdvice"),
        Weave.types(STATEMENTS).method("addBatch").advice(PACKAGE + "BatchAdvice"),
        Weave.types(STATEMENTS).method("clearBatch").advice(PACKAGE + "ClearBatchAdvice"),
        Weave.types(STATEMENTS)
            .method("executeBatch", "executeLargeBatch")
            .advice(PACKAGE + "ExecuteBatchAdvice"));
  }
}
