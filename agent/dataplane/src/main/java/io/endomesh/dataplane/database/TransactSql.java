package io.endomesh.dataplane.database;

import static io.endomesh.dataplane.database.StatementClass.DDL;
import static io.endomesh.dataplane.database.StatementClass.UNKNOWN;
import static io.endomesh.dataplane.database.StatementClass.WRITE;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * What is different where SQL Server reads a text: nothing need part two statements, and a first
 * word that is not reserved calls the procedure of that name. Its reserved words are no names
 * unless quoted ("Reserved Keywords (Transact-SQL)"), so wherever one stands that begins a
 * statement, one begins. Stateless.
 */
final class TransactSql {

  /** What a text may begin with, if rules know it. */
  private static final Set<String> VERBS =
      Set.of(
          "SELECT",
          "WITH",
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "CREATE",
          "ALTER",
          "DROP",
          "TRUNCATE",
          "GRANT",
          "REVOKE",
          "DENY",
          "BEGIN",
          "END",
          "COMMIT",
          "ROLLBACK",
          "USE",
          "SET");

  private static final Set<String> CHANGES = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

  /** Hints of a table that lock rows as SELECT … FOR UPDATE does elsewhere. */
  private static final Set<String> LOCKS = Set.of("UPDLOCK", "XLOCK", "TABLOCKX");

  private static final Set<String> DEFINITIONS =
      Set.of("CREATE", "ALTER", "DROP", "TRUNCATE", "GRANT", "REVOKE", "DENY");

  /** They may do anything, on another server too, or change who asks. */
  private static final Set<String> ANYTHING =
      Set.of(
          "EXEC",
          "EXECUTE",
          "BACKUP",
          "RESTORE",
          "BULK",
          "DBCC",
          "KILL",
          "SHUTDOWN",
          "RECONFIGURE",
          "REVERT",
          "SETUSER",
          "READTEXT",
          "WRITETEXT",
          "UPDATETEXT",
          "OPENQUERY",
          "OPENROWSET",
          "OPENDATASOURCE");

  private static final Set<String> ROUTINES = Set.of("PROC", "PROCEDURE", "FUNCTION", "TRIGGER");

  /** What follows ON DELETE and ON UPDATE of a foreign key. */
  private static final Set<String> REFERENTIAL = Set.of("CASCADE", "SET", "NO");

  private static final Set<String> SET_TO = Set.of("NULL", "DEFAULT");

  private TransactSql() {}

  static boolean isVerb(String word) {
    return VERBS.contains(word);
  }

  /** CREATE PROCEDURE and the like: all that follows is its body. */
  static boolean definesRoutine(List<SqlToken> tokens) {
    boolean defines = word(tokens, 0).equals("CREATE") || word(tokens, 0).equals("ALTER");
    int what = word(tokens, 1).equals("OR") ? 3 : 1;
    return defines && ROUTINES.contains(word(tokens, what));
  }

  /** Of what the words behind the first are, other than queries. */
  static Set<StatementClass> behind(List<SqlToken> tokens, int first) {
    EnumSet<StatementClass> classes = EnumSet.noneOf(StatementClass.class);
    int settings = 0;
    int updates = word(tokens, first).equals("UPDATE") ? 1 : 0;
    for (int i = first + 1; i < tokens.size(); i++) {
      String word = word(tokens, i);
      if (ANYTHING.contains(word)) {
        classes.add(UNKNOWN);
      } else if (DEFINITIONS.contains(word)) {
        classes.add(DDL);
      } else if (LOCKS.contains(word) || (CHANGES.contains(word) && !isReferential(tokens, i))) {
        classes.add(WRITE);
        updates += word.equals("UPDATE") ? 1 : 0;
      } else if (word.equals("SET") && !SET_TO.contains(word(tokens, i + 1))) {
        settings++;
      }
    }
    if (settings > updates) {
      classes.add(UNKNOWN);
    }
    return classes;
  }

  private static boolean isReferential(List<SqlToken> tokens, int at) {
    return word(tokens, at - 1).equals("ON") && REFERENTIAL.contains(word(tokens, at + 1));
  }

  /** Where another query begins, the number of tokens if none does; those in parentheses do not. */
  static int nextQuery(List<SqlToken> tokens, int first) {
    int at = first + 1;
    while (at < tokens.size()
        && !(tokens.get(at).depth() <= 0 && word(tokens, at).equals("SELECT"))) {
      at++;
    }
    return at;
  }

  private static String word(List<SqlToken> tokens, int at) {
    return at < 0 || at >= tokens.size() ? "" : tokens.get(at).keyword();
  }
}
