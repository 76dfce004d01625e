package io.endomesh.dataplane.database;

import io.endomesh.dataplane.SqlStatement;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** What statements do, remembered by their text. Thread-safe. */
public final class SqlTexts {

  /**
   * Different texts that are remembered. An application that prepares its statements has a few
   * hundred; one that writes values into them has no end of them, and gains nothing by it.
   */
  private static final int MAX_TEXTS = 1_000;

  private static final Map<Dialect, ConcurrentMap<String, SqlStatement>> TEXTS =
      new EnumMap<>(Dialect.class);

  static {
    for (Dialect dialect : Dialect.values()) {
      TEXTS.put(dialect, new ConcurrentHashMap<>());
    }
  }

  private SqlTexts() {}

  public static SqlStatement describe(String sql, Dialect dialect) {
    ConcurrentMap<String, SqlStatement> texts = Objects.requireNonNull(TEXTS.get(dialect));
    SqlStatement known = texts.get(sql);
    if (known != null) {
      return known;
    }
    SqlStatement described = SqlText.describe(sql, dialect);
    if (texts.size() < MAX_TEXTS) {
      texts.put(sql, described);
    }
    return described;
  }
}
