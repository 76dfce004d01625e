package io.endomesh.dataplane.database;

import static org.assertj.core.api.Assertions.assertThat;

import io.endomesh.dataplane.fuzz.Fuzzing;
import io.endomesh.dataplane.fuzz.Mutator;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Also a target of Jazzer. */
public class SqlFuzzTest {

  private static final Mutator MUTATOR =
      Mutator.of(
          "'",
          "\"",
          "`",
          "[",
          "]",
          "$$",
          "$a$",
          "/*",
          "*/",
          "--",
          "#",
          "\\",
          "E'",
          "\r",
          "\n",
          ";",
          "(",
          ")",
          "{",
          "EXPLAIN ",
          "ANALYZE ",
          "SELECT ",
          "INTO ",
          "WITH ",
          "DELETE ",
          "SET ",
          "1e",
          "0x",
          "//",
          "@",
          ",",
          ".",
          "\u00a0",
          "\u3000",
          "\u00b7",
          "EXEC ",
          "BEGIN ");

  private static final StatementClasses SEEN =
      StatementClasses.of(
          StatementClass.WRITE, StatementClass.DDL, StatementClass.CALL, StatementClass.UNKNOWN);

  /** Whatever stands before it, a statement that deletes is never taken for one that reads. */
  public static void fuzzerTestOneInput(byte[] input) {
    String sql = new String(input, StandardCharsets.UTF_8);
    for (Dialect dialect : Dialect.values()) {
      assertThat(SqlText.describe(sql, dialect).classes()).isNotNull();
      StatementClasses classes = SqlText.describe(sql + "\n;\nDELETE FROM a", dialect).classes();
      assertThat(classes.meets(SEEN)).as("%s: %s", dialect, classes).isTrue();
    }
  }

  @Test
  void sql_mutated_neverHidesAStatementThatDeletes() throws IOException {
    Fuzzing.run(Fuzzing.corpus("sql"), MUTATOR, 10_000, SqlFuzzTest::fuzzerTestOneInput);
  }
}
