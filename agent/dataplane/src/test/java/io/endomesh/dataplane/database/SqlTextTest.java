package io.endomesh.dataplane.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqlTextTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "SELECT id FROM orders WHERE id = ?                       | SELECT orders",
        "select * from shop.orders                                | SELECT shop.orders",
        "SELECT 1                                                 | SELECT",
        "SELECT a FROM x, y                                       | SELECT",
        "SELECT a FROM x JOIN y ON x.i = y.i                      | SELECT",
        "SELECT a FROM (SELECT b FROM c) d                        | SELECT",
        "INSERT INTO orders (id, sku) VALUES (?, ?)               | INSERT orders",
        "UPDATE \"Orders\" SET a = 1 WHERE b = 2                  | UPDATE Orders",
        "DELETE FROM orders                                       | DELETE orders",
        "CREATE TABLE IF NOT EXISTS orders (id INT)               | CREATE orders",
        "/* why */ SELECT a FROM b                                | SELECT b",
        "WITH t AS (SELECT 1 FROM s) DELETE FROM u                | DELETE u",
        "WITH t AS (SELECT 1) SELECT * FROM t                     | SELECT t",
        "FROB the database                                        | OTHER",
        "''                                                       | OTHER",
      })
  void describe_summarizes(String sql, String summary) {
    assertThat(SqlText.describe(sql, Dialect.POSTGRESQL).summary()).isEqualTo(summary);
  }

  @Test
  void describe_comment_isSkipped() {
    assertThat(SqlText.describe("-- why\nSELECT a FROM b", Dialect.POSTGRESQL).summary())
        .isEqualTo("SELECT b");
  }

  @Test
  void describe_replacesEveryLiteral() {
    assertThat(
            SqlText.describe(
                    "SELECT a1 FROM t WHERE b='it''s' AND c=42 AND d=1.5e3 AND e=$x$secret$x$ AND"
                        + " f=$1",
                    Dialect.POSTGRESQL)
                .text())
        .isEqualTo("SELECT a1 FROM t WHERE b=? AND c=? AND d=? AND e=? AND f=$1");
  }

  @Test
  void describe_literalWithoutEnd_isStillHidden() {
    assertThat(SqlText.describe("SELECT 'secret", Dialect.POSTGRESQL).text()).isEqualTo("SELECT ?");
  }

  @Test
  void describe_escapesOfPostgres_hideTheValue() {
    assertThat(SqlText.describe("SELECT E'a\\'secret', 'b\\', c FROM t", Dialect.POSTGRESQL).text())
        .isEqualTo("SELECT ?, ?, c FROM t");
  }

  @Test
  void describe_literalsOfMySql_hideTheValue() {
    assertThat(
            SqlText.describe(
                    "SELECT \"secret\", 'a\\'secret', \"it\"\"s\", `b` FROM t # secret\n",
                    Dialect.MYSQL)
                .text())
        .isEqualTo("SELECT ?, ?, ?, `b` FROM t");
  }

  @Test
  void describe_quotesOfTheStandard_areNames() {
    assertThat(SqlText.describe("SELECT \"b\" FROM t", Dialect.POSTGRESQL).text())
        .isEqualTo("SELECT \"b\" FROM t");
  }
}
