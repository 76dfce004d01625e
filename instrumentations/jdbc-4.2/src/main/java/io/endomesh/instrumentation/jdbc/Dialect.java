package io.endomesh.instrumentation.jdbc;

import java.sql.Statement;

/** What differs in how values are written into SQL. */
enum Dialect {
  /** Of the SQL standard, with PostgreSQL's {@code E'…'} and {@code $tag$ … $tag$}. */
  STANDARD,

  /**
   * Of MySQL and MariaDB as they come: {@code "…"} is a value too, a backslash escapes, and {@code
   * #} begins a comment (MySQL reference manual, "String Literals" and "Comments"). With {@code
   * ANSI_QUOTES} more is hidden than need be.
   */
  MYSQL;

  /** By the driver, so that nothing is asked of the server. */
  static Dialect of(Statement statement) {
    String type = statement.getClass().getName();
    return type.startsWith("com.mysql.") || type.startsWith("org.mariadb.") ? MYSQL : STANDARD;
  }
}
