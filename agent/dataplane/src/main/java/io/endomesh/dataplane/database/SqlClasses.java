package io.endomesh.dataplane.database;

import static io.endomesh.dataplane.database.StatementClass.CALL;
import static io.endomesh.dataplane.database.StatementClass.DDL;
import static io.endomesh.dataplane.database.StatementClass.READ;
import static io.endomesh.dataplane.database.StatementClass.UNKNOWN;
import static io.endomesh.dataplane.database.StatementClass.WRITE;

import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules that tell from the words of a statement of which classes it is. In doubt it is of more
 * classes than need be, or {@link StatementClass#UNKNOWN}: a caller that may only read must not
 * write because a rule was too clever. Not thread-safe.
 */
final class SqlClasses {

  private static final Set<String> QUERIES = Set.of("SELECT", "VALUES", "TABLE");

  private static final Set<String> CHANGES =
      Set.of("INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE");

  /** Changes that may stand within a query: REPLACE is a function there. */
  private static final Set<String> EMBEDDED = Set.of("INSERT", "UPDATE", "DELETE", "MERGE");

  private static final Set<String> DEFINITIONS =
      Set.of(
          "CREATE",
          "ALTER",
          "DROP",
          "TRUNCATE",
          "GRANT",
          "REVOKE",
          "COMMENT",
          "RENAME",
          "REINDEX",
          "VACUUM",
          "CLUSTER",
          "REFRESH",
          "OPTIMIZE",
          "REPAIR",
          "SECURITY");

  /** What CREATE can define with statements in it, which semicolons part. */
  private static final Set<String> ROUTINES =
      Set.of("FUNCTION", "PROCEDURE", "TRIGGER", "EVENT", "PACKAGE");

  private static final Set<String> SHOWS = Set.of("SHOW", "HELP");

  private static final Set<String> EXPLAINS = Set.of("EXPLAIN", "DESCRIBE", "DESC", "ANALYZE");

  /** Where the statement begins that EXPLAIN is about. */
  private static final Set<String> EXPLAINED =
      Set.of(
          "SELECT", "VALUES", "TABLE", "WITH", "INSERT", "UPDATE", "DELETE", "MERGE", "REPLACE",
          "CREATE", "EXECUTE", "DECLARE");

  /** They touch no data, whatever follows. */
  private static final Set<String> CONTROLS =
      Set.of(
          "COMMIT",
          "END",
          "ROLLBACK",
          "ABORT",
          "SAVEPOINT",
          "RELEASE",
          "USE",
          "UNLOCK",
          "DEALLOCATE",
          "DISCARD",
          "LISTEN",
          "UNLISTEN");

  private static final Set<String> BEGINS = Set.of("BEGIN", "START");

  /** All that may follow BEGIN and START; MariaDB's BEGIN NOT ATOMIC begins a block. */
  private static final Set<String> AFTER_BEGIN =
      Set.of(
          "WORK",
          "TRANSACTION",
          "TRAN",
          "ISOLATION",
          "LEVEL",
          "READ",
          "ONLY",
          "WRITE",
          "COMMITTED",
          "UNCOMMITTED",
          "REPEATABLE",
          "SERIALIZABLE",
          "DEFERRABLE",
          "WITH",
          "CONSISTENT",
          "SNAPSHOT");

  /** Settings of a session that change neither rights nor how SQL is read. */
  private static final Set<String> HARMLESS_SETTINGS =
      Set.of(
          "TRANSACTION",
          "CHARACTERISTICS",
          "CONSTRAINTS",
          "TIME",
          "TIMEZONE",
          "AUTOCOMMIT",
          "SEARCH_PATH",
          "SCHEMA",
          "STATEMENT_TIMEOUT",
          "LOCK_TIMEOUT",
          "IDLE_IN_TRANSACTION_SESSION_TIMEOUT",
          "APPLICATION_NAME",
          "EXTRA_FLOAT_DIGITS",
          "DATESTYLE",
          "QUERY_TIMEOUT",
          "NOCOUNT",
          "XACT_ABORT");

  /** What locks rows if it follows FOR. */
  private static final Set<String> AFTER_FOR = Set.of("UPDATE", "SHARE", "NO", "KEY");

  private final List<SqlToken> tokens;
  private final Dialect dialect;
  private final EnumSet<StatementClass> classes = EnumSet.noneOf(StatementClass.class);

  private SqlClasses(List<SqlToken> tokens, Dialect dialect) {
    this.tokens = tokens;
    this.dialect = dialect;
  }

  /** Of all statements of a text together. */
  static StatementClasses of(List<SqlToken> tokens, Dialect dialect) {
    StatementClasses all = StatementClasses.NONE;
    boolean routine = false;
    int start = 0;
    for (int end = 0; end <= tokens.size(); end++) {
      if (end < tokens.size() && !tokens.get(end).isSign(';')) {
        continue;
      }
      SqlClasses statement = new SqlClasses(tokens.subList(start, end), dialect);
      if (routine && start < end) {
        // The rest of its body, or another statement; who may make routines can have them write.
        all = all.and(StatementClasses.of(DDL, WRITE));
      } else {
        statement.read();
        all = all.and(StatementClasses.of(statement.classes));
        routine = statement.definesRoutine();
      }
      start = end + 1;
    }
    return all;
  }

  private void read() {
    int first = 0;
    while (first < tokens.size() && tokens.get(first).isSign('(')) {
      first++;
    }
    if (first == tokens.size()) {
      add(tokens.isEmpty() ? null : UNKNOWN);
    } else if (tokens.get(first).isSign('{')) {
      add(escapedCall() ? CALL : UNKNOWN);
    } else {
      read(first);
    }
  }

  private void read(int first) {
    if (dialect != Dialect.SQL_SERVER) {
      readOne(first);
    } else if (!TransactSql.isVerb(tokens.get(first).keyword())) {
      add(UNKNOWN);
    } else {
      readOne(first);
      if (!TransactSql.definesRoutine(tokens)) {
        classes.addAll(TransactSql.behind(tokens, first));
        int next = TransactSql.nextQuery(tokens, first);
        if (next < tokens.size()) {
          query(next);
        }
      }
    }
  }

  private void readOne(int first) {
    String verb = tokens.get(first).keyword();
    if (QUERIES.contains(verb)) {
      query(first);
    } else if (verb.equals("WITH")) {
      afterWith(first);
    } else if (CHANGES.contains(verb)) {
      add(WRITE);
    } else if (DEFINITIONS.contains(verb)
        || (verb.equals("DENY") && dialect == Dialect.SQL_SERVER)) {
      add(DDL);
      changesInParentheses(first);
    } else if (verb.equals("CALL")) {
      add(CALL);
    } else if (EXPLAINS.contains(verb)) {
      explained(first);
    } else if (SHOWS.contains(verb)) {
      add(READ);
    } else if (verb.equals("LOCK") || verb.equals("NOTIFY")) {
      add(WRITE);
    } else if (verb.equals("COPY")) {
      // PROGRAM runs a command on the server.
      add(has("PROGRAM", first) ? UNKNOWN : WRITE);
    } else if (verb.equals("LOAD")) {
      String what = keyword(first + 1);
      add(what.equals("DATA") || what.equals("XML") ? WRITE : UNKNOWN);
    } else if (BEGINS.contains(verb)) {
      add(beginsTransaction(first) ? null : UNKNOWN);
    } else if (verb.equals("SET")) {
      add(isHarmlessSetting(first) ? null : UNKNOWN);
    } else if (!CONTROLS.contains(verb)) {
      add(UNKNOWN);
    }
  }

  /** A query that makes a table, writes a file, locks or changes rows is none that only reads. */
  private void query(int first) {
    add(READ);
    for (int i = first; i < tokens.size(); i++) {
      String word = keyword(i);
      if (isChange(i)) {
        add(WRITE);
      } else if (word.equals("INTO") && !EMBEDDED.contains(keyword(i - 1))) {
        into(i);
      } else if ((word.equals("FOR") && AFTER_FOR.contains(keyword(i + 1)))
          || (word.equals("LOCK") && keyword(i + 1).equals("IN"))) {
        add(WRITE);
      }
    }
  }

  /** INTO makes a table in PostgreSQL, and writes a file or sets a variable in MySQL. */
  private void into(int at) {
    if (dialect != Dialect.MYSQL) {
      add(DDL);
    } else if (at + 1 == tokens.size() || !tokens.get(at + 1).isSign('@')) {
      add(WRITE);
    }
  }

  private boolean isChange(int at) {
    String word = keyword(at);
    // orders.update is a column, INSERT(…) a function of MySQL.
    return EMBEDDED.contains(word)
        && !(at > 0 && tokens.get(at - 1).isSign('.'))
        && !(word.equals("INSERT") && at + 1 < tokens.size() && tokens.get(at + 1).isSign('('));
  }

  private void afterWith(int first) {
    for (int i = first + 1; i < tokens.size(); i++) {
      if (tokens.get(i).depth() == 0) {
        String verb = keyword(i);
        if (QUERIES.contains(verb)) {
          query(first);
          return;
        }
        if (CHANGES.contains(verb)) {
          add(WRITE);
          return;
        }
      }
    }
    add(UNKNOWN);
  }

  /** CREATE TABLE … AS (DELETE …): elsewhere these words are rights, or when a trigger acts. */
  private void changesInParentheses(int first) {
    for (int i = first + 1; i < tokens.size(); i++) {
      if (isChange(i) && tokens.get(i - 1).isSign('(')) {
        add(WRITE);
      }
    }
  }

  /** Nothing is executed unless ANALYZE says so; MariaDB's ANALYZE does without EXPLAIN. */
  private void explained(int first) {
    boolean explains = !keyword(first).equals("ANALYZE");
    boolean executes = false;
    for (int i = first; i < tokens.size(); i++) {
      String word = keyword(i);
      executes |= word.equals("ANALYZE") || word.equals("ANALYSE");
      if (i > first && EXPLAINED.contains(word) && !(word.equals("TABLE") && !explains)) {
        add(READ);
        if (executes) {
          read(i);
        }
        return;
      }
    }
    // ANALYZE of a table rebuilds its statistics; DESCRIBE and EXPLAIN of one show it.
    add(!explains ? DDL : executes ? UNKNOWN : READ);
  }

  private boolean escapedCall() {
    for (SqlToken token : tokens) {
      if (token.isWord()) {
        return token.keyword().equals("CALL");
      }
    }
    return false;
  }

  private boolean beginsTransaction(int first) {
    for (int i = first + 1; i < tokens.size(); i++) {
      if (!AFTER_BEGIN.contains(keyword(i)) && !tokens.get(i).isSign(',')) {
        // BEGIN NOT DEFERRABLE is PostgreSQL's, BEGIN NOT ATOMIC is a block.
        if (!(keyword(i).equals("NOT") && keyword(i + 1).equals("DEFERRABLE"))) {
          return false;
        }
      }
    }
    return keyword(first).equals("BEGIN") || keyword(first + 1).equals("TRANSACTION");
  }

  private boolean isHarmlessSetting(int first) {
    int name = first + 1;
    if (keyword(name).equals("SESSION") || keyword(name).equals("LOCAL")) {
      name++;
    }
    for (SqlToken token : tokens) {
      // A value that is computed may do anything; MySQL sets several at once.
      if (token.isSign('(') || (token.isSign(',') && dialect == Dialect.MYSQL)) {
        return false;
      }
    }
    return HARMLESS_SETTINGS.contains(keyword(name));
  }

  private boolean definesRoutine() {
    if (dialect == Dialect.SQL_SERVER) {
      return TransactSql.definesRoutine(tokens);
    }
    boolean defines = keyword(0).equals("CREATE") || keyword(0).equals("ALTER");
    return defines && tokens.stream().anyMatch(token -> ROUTINES.contains(token.keyword()));
  }

  private boolean has(String word, int from) {
    return tokens.subList(from, tokens.size()).stream()
        .anyMatch(token -> token.keyword().equals(word));
  }

  /** Empty if there is no such token, or it is no word. */
  private String keyword(int at) {
    return at < 0 || at >= tokens.size() ? "" : tokens.get(at).keyword();
  }

  private void add(@Nullable StatementClass one) {
    if (one != null) {
      classes.add(one);
    }
  }
}
