package io.endomesh.dataplane.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SqlClassesTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT a FROM b WHERE c = 'DELETE FROM d'                  | READ",
        "/* DELETE */ SELECT a -- DELETE                            | READ",
        "(SELECT a FROM b) UNION (SELECT c FROM d)                  | READ",
        "SELECT \"delete\", o.update FROM o                         | READ",
        "VALUES (1), (2)                                            | READ",
        "TABLE orders                                               | READ",
        "WITH t AS (SELECT 1) SELECT * FROM t                       | READ",
        "SHOW search_path                                           | READ",
        "EXPLAIN DELETE FROM b                                      | READ",
        "EXPLAIN ANALYZE SELECT a FROM b                            | READ",
        "SELECT a FROM b FOR UPDATE                                 | READ, WRITE",
        "SELECT a FROM b FOR NO KEY UPDATE                          | READ, WRITE",
        "SELECT a FROM b FOR SHARE                                  | READ, WRITE",
        "SELECT a INTO c FROM b                                     | READ, DDL",
        "SELECT * FROM (SELECT a INTO c FROM b) d                   | READ, DDL",
        "INSERT INTO a SELECT b FROM c                              | WRITE",
        "UPDATE a SET b = 1                                         | WRITE",
        "DELETE FROM a                                              | WRITE",
        "MERGE INTO a USING b ON c                                  | WRITE",
        "WITH t AS (SELECT 1) DELETE FROM a                         | WRITE",
        "WITH t AS (DELETE FROM a RETURNING b) SELECT b FROM t      | READ, WRITE",
        "WITH values AS (SELECT 1) DELETE FROM a                    | READ, WRITE",
        "EXPLAIN ANALYZE DELETE FROM a                              | READ, WRITE",
        "EXPLAIN (ANALYZE, FORMAT JSON) UPDATE a SET b = 1          | READ, WRITE",
        "EXPLAIN ANALYZE WITH t AS (DELETE FROM a) SELECT 1         | READ, WRITE",
        "EXPLAIN ANALYZE CREATE TABLE a AS SELECT 1                 | READ, DDL",
        "COPY a FROM STDIN                                          | WRITE",
        "LOCK TABLE a                                               | WRITE",
        "CREATE TABLE a (b INT REFERENCES c ON DELETE CASCADE)      | DDL",
        "CREATE TABLE a AS WITH t AS (DELETE FROM b) SELECT 1       | WRITE, DDL",
        "GRANT UPDATE ON a TO b                                     | DDL",
        "TRUNCATE a                                                 | DDL",
        "ANALYZE a                                                  | DDL",
        "CREATE FUNCTION f() RETURNS INT AS $x_1$ DELETE; $x_1$     | DDL",
        "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1; SELECT 2; END   | WRITE, DDL",
        "CALL f(1)                                                  | CALL",
        "{? = call f(?)}                                            | CALL",
        "BEGIN                                                      | none",
        "START TRANSACTION ISOLATION LEVEL REPEATABLE READ          | none",
        "COMMIT                                                     | none",
        "SET TRANSACTION READ ONLY                                  | none",
        "SET LOCAL statement_timeout = 5                            | none",
        ";;                                                         | none",
        "SELECT 1; DELETE FROM a                                    | READ, WRITE",
        "SELECT 1; DROP TABLE a;                                    | READ, DDL",
        "BEGIN; DELETE FROM a; COMMIT                               | WRITE",
      })
  void classes_ofStandardSql(String sql, String classes) {
    assertThat(classes(sql, Dialect.POSTGRESQL)).isEqualTo(classes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT \"delete from a\", 'it\\'s; DELETE FROM b'  | READ",
        "SELECT a FROM b LOCK IN SHARE MODE                 | READ, WRITE",
        "SELECT a INTO OUTFILE '/tmp/a' FROM b              | READ, WRITE",
        "SELECT a INTO @a FROM b                            | READ",
        "SELECT INSERT('a', 1, 2, 'b'), REPLACE(a, b, c)    | READ",
        "SELECT 5--1; DELETE FROM a                         | READ, WRITE",
        "SELECT 5 -- 1; DELETE FROM a                       | READ",
        "REPLACE INTO a VALUES (1)                          | WRITE",
        "LOAD DATA INFILE 'a' INTO TABLE b                  | WRITE",
        "ANALYZE DELETE FROM a                              | READ, WRITE",
        "ANALYZE FORMAT=JSON SELECT a FROM b                | READ",
        "ANALYZE LOCAL TABLE a                              | DDL",
        "DESCRIBE a                                         | READ",
        "SET autocommit = 0                                 | none",
      })
  void classes_ofMySql(String sql, String classes) {
    assertThat(classes(sql, Dialect.MYSQL)).isEqualTo(classes);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT * FROM FINAL TABLE (DELETE FROM a)          | READ, WRITE",
        "SELECT $$ ; DELETE FROM a $$                       | READ",
      })
  void classes_ofH2(String sql, String classes) {
    assertThat(classes(sql, Dialect.H2)).isEqualTo(classes);
  }

  @Test
  void classes_h2LineComment_hidesNothingOfTheNextLine() {
    assertThat(classes("SELECT 1 // '\n; DELETE FROM a // '", Dialect.H2)).isEqualTo("READ, WRITE");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FROB the database",
        "DO $$ BEGIN DELETE FROM a; END $$",
        "EXECUTE p",
        "PREPARE p AS DELETE FROM a",
        "COPY a TO PROGRAM 'rm'",
        "LOAD 'library'",
        "BEGIN NOT ATOMIC DELETE FROM a",
        "START REPLICA",
        "SET ROLE admin",
        "SET SESSION AUTHORIZATION admin",
        "SET search_path = (SELECT f())",
        "SET standard_conforming_strings = off",
        "EXPLAIN ANALYZE REFRESH MATERIALIZED VIEW a",
        "WITH t",
        "\"SELECT\" 1",
        "{fn now()}",
        "SELECT 'never ended",
        "SELECT \"never ended",
        "SELECT $a$ never ended $b$",
        "SELECT 1 /* never ended",
        "SELECT '\\'' ; DELETE FROM a; --'",
        "SELECT 1 -- \r; DELETE FROM a\nFROM b",
        "SELECT a ` b; DELETE FROM c; SELECT a ` b",
      })
  void classes_notCertain_areUnknown(String sql) {
    assertThat(classes(sql, Dialect.POSTGRESQL)).endsWith("UNKNOWN");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SELECT 1 /*! INTO OUTFILE '/tmp/a' */",
        "SELECT 1 /*M!100100 INTO OUTFILE '/tmp/a' */",
        "SELECT /* /* */ 1; DELETE FROM a /* */ */",
        "SELECT $$ ; DELETE FROM a $$",
        "SET a = 1, sql_mode = ''",
        "SET STATEMENT max_statement_time=1 FOR DELETE FROM a",
      })
  void classes_notCertainForMySql_areUnknown(String sql) {
    assertThat(classes(sql, Dialect.MYSQL)).endsWith("UNKNOWN");
  }

  @ParameterizedTest
  @ValueSource(strings = {"SELECT /* /* */ 1", "SELECT $a$ ; DELETE FROM b $a$"})
  void classes_notCertainForH2_areUnknown(String sql) {
    assertThat(classes(sql, Dialect.H2)).endsWith("UNKNOWN");
  }

  private static String classes(String sql, Dialect dialect) {
    return SqlText.describe(sql, dialect).classes().toString();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT [delete] FROM [a]]; DROP TABLE b] WHERE c = N'it''s'| READ",
        "SELECT a /* /* */ DELETE FROM b */ FROM c                  | READ",
        "SELECT 'C:\\' -- ' DELETE                                   | READ",
        "SELECT $action, @@ROWCOUNT, #t.a, b$c FROM #t              | READ",
        "SELECT 0x1F, 1.5e-3, 1e, $5, \u20ac5.1, .5 FROM a            | READ",
        "WITH t AS (SELECT 1 a) SELECT * FROM t                     | READ",
        "SELECT a FROM b WITH (UPDLOCK)                             | READ, WRITE",
        "SELECT a INTO #t FROM b                                    | READ, DDL",
        "SELECT 1 DELETE FROM a                                     | READ, WRITE",
        "SELECT 1 DROP TABLE a                                      | READ, DDL",
        "UPDATE a SET b = 1 TRUNCATE TABLE c                        | WRITE, DDL",
        "COMMIT DELETE FROM a                                       | WRITE",
        "COMMIT SELECT a INTO b FROM c                              | READ, DDL",
        "SET NOCOUNT ON DELETE FROM a                               | WRITE",
        "INSERT INTO a (b) SELECT c FROM d                          | READ, WRITE",
        "INSERT INTO a (b) VALUES ((SELECT 1))                      | WRITE",
        "MERGE a USING b ON c = d WHEN MATCHED THEN UPDATE SET e = f;| WRITE",
        "CREATE TABLE a (b INT REFERENCES c ON DELETE SET NULL)     | DDL",
        "CREATE TABLE a (b INT REFERENCES c ON UPDATE CASCADE)      | DDL",
        "CREATE OR ALTER PROC p AS EXEC q DELETE FROM a             | DDL",
        "DROP TABLE IF EXISTS a                                     | DDL",
        "DENY SELECT ON a TO b                                      | READ, DDL",
        "{call p(?)}                                                | CALL",
        "BEGIN TRAN                                                 | none",
        "BEGIN TRANSACTION                                          | none",
        "COMMIT TRAN                                                | none",
        "SET TRANSACTION ISOLATION LEVEL SNAPSHOT                   | none",
        "SET LOCK_TIMEOUT 1800                                      | none",
      })
  void classes_ofSqlServer(String sql, String classes) {
    assertThat(classes(sql, Dialect.SQL_SERVER)).isEqualTo(classes);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EXEC p",
        "sp_who",
        "listen",
        "show",
        "SELECT 1 EXEC p",
        "UPDATE a SET b = 1 SET ROWCOUNT 1",
        "SELECT 1 SET IDENTITY_INSERT a ON",
        "BEGIN TRAN EXEC p",
        "CREATE TABLE a (b INT) DROP PROCEDURE c EXEC d",
        "CREATE TABLE a (b INT) DROP PROCEDURE c; EXEC d",
        "SELECT * FROM OPENQUERY(other, 'DELETE FROM a')",
        "INSERT a EXEC p",
        "BULK INSERT a FROM 'b'",
        "IF 1 = 1 DELETE FROM a",
        "DECLARE @a INT",
        "SET ANSI_NULLS OFF",
        "SELECT [a FROM b",
        "SELECT 1DELETE FROM a",
        "SELECT 1eDELETE FROM a",
        "SELECT .5DELETE FROM a",
        "SELECT $5DELETE FROM a",
        "SELECT \u00a35DELETE FROM a",
        "SELECT a\u0001DELETE FROM b",
        "SELECT a\u200bDELETE FROM b",
        "SELECT `a` FROM b",
      })
  void classes_ofSqlServerNotCertain_areUnknown(String sql) {
    assertThat(classes(sql, Dialect.SQL_SERVER)).endsWith("UNKNOWN");
  }
}
