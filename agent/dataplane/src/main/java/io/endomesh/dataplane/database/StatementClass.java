package io.endomesh.dataplane.database;

/** What a caller may be permitted to have done in a database. */
public enum StatementClass {
  /** Queries, and what shows the state of the database. */
  READ,

  /** Changes of rows, and queries that lock them. */
  WRITE,

  /** Definitions of tables, users and rights, and what empties or rebuilds a table. */
  DDL,

  /** Stored procedures, which may do anything. */
  CALL,

  /** Whatever is none of these for certain; nobody can be permitted it. */
  UNKNOWN
}
