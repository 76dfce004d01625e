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
}
