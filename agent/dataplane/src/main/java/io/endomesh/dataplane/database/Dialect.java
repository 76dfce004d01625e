package io.endomesh.dataplane.database;

/** What differs in where SQL's comments, values and names begin and end. */
public enum Dialect {
  /** Of the SQL standard, with PostgreSQL's {@code E'…'} and {@code $tag$ … $tag$}. */
  POSTGRESQL,

  /**
   * Of MySQL and MariaDB as they come: {@code "…"} is a value too, a backslash escapes, and {@code
   * #} begins a comment (MySQL reference manual, "String Literals" and "Comments"). With {@code
   * ANSI_QUOTES} more is hidden than need be.
   */
  MYSQL,

  /** Of the SQL standard, with {@code $$ … $$} and {@code //} for a comment (H2, "Grammar"). */
  H2,

  /**
   * Of the SQL standard, with {@code […]} for a name, comments within comments, and statements that
   * nothing parts (SQL Server, "Transact-SQL syntax conventions").
   */
  SQL_SERVER
}
