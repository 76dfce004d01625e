package io.endomesh.dataplane.database;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what a statement is called: its operation, and the table that follows FROM, INTO, UPDATE or
 * TABLE. For people; what a caller may do is decided by {@link SqlClasses}. Stateless.
 */
final class SqlSummary {

  private static final Set<String> OPERATIONS =
      Set.of(
          "SELECT",
          "INSERT",
          "UPDATE",
          "DELETE",
          "MERGE",
          "CALL",
          "CREATE",
          "ALTER",
          "DROP",
          "TRUNCATE",
          "SET",
          "SHOW",
          "EXPLAIN",
          "BEGIN",
          "START",
          "COMMIT",
          "ROLLBACK",
          "VALUES",
          "COPY",
          "LOCK",
          "GRANT",
          "REVOKE",
          "REPLACE",
          "USE",
          "ANALYZE",
          "VACUUM");

  /** What a common table expression can lead up to. */
  private static final Set<String> AFTER_WITH =
      Set.of("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE");

  /** What may stand between TABLE and its name. */
  private static final Set<String> BEFORE_NAME = Set.of("IF", "NOT", "EXISTS", "ONLY");

  private static final Set<String> AFTER_TABLES =
      Set.of("WHERE", "SET", "VALUES", "ORDER", "GROUP", "LIMIT");

  private static final String OTHER = "OTHER";

  /** Words, names, and the signs within and between names. */
  private final List<SqlToken> words;

  SqlSummary(List<SqlToken> tokens) {
    words =
        tokens.stream()
            .filter(
                token ->
                    token.kind() != SqlToken.Kind.SIGN || token.isSign(',') || token.isSign('.'))
            .toList();
  }

  String operation() {
    if (words.isEmpty()) {
      return OTHER;
    }
    String first = words.get(0).upper();
    if (first.equals("WITH")) {
      for (SqlToken word : words) {
        if (word.depth() == 0 && AFTER_WITH.contains(word.upper())) {
          return word.upper();
        }
      }
    }
    return OPERATIONS.contains(first) ? first : OTHER;
  }

  /** The one table it works on; null if there is none, or more than one. */
  @Nullable String collection(String operation) {
    return switch (operation) {
      case "SELECT", "DELETE" -> after("FROM");
      case "INSERT", "MERGE", "REPLACE" -> after("INTO");
      case "UPDATE" -> after("UPDATE");
      case "CREATE", "ALTER", "DROP", "TRUNCATE" -> after("TABLE");
      case "CALL" -> after("CALL");
      default -> null;
    };
  }

  private @Nullable String after(String keyword) {
    for (int i = 0; i < words.size(); i++) {
      if (words.get(i).depth() == 0 && words.get(i).upper().equals(keyword)) {
        int name = i + 1;
        while (name < words.size() && BEFORE_NAME.contains(words.get(name).upper())) {
          name++;
        }
        return name < words.size() && words.get(name).depth() == 0 ? name(name) : null;
      }
    }
    return null;
  }

  private @Nullable String name(int at) {
    StringBuilder name = new StringBuilder(words.get(at).text());
    int next = at + 1;
    while (next + 1 < words.size() && words.get(next).isSign('.')) {
      name.append('.').append(words.get(next + 1).text());
      next += 2;
    }
    for (int i = next; i < words.size() && words.get(i).depth() == 0; i++) {
      String word = words.get(i).upper();
      if (word.equals("JOIN") || (word.equals(",") && i <= next + 1)) {
        return null;
      }
      if (AFTER_TABLES.contains(word)) {
        break;
      }
    }
    return name.toString();
  }
}
