package io.endomesh.contracts;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A promise as a user reads it. The name of a test is {@code subject_condition_result}: {@code
 * call_hostOfTheMesh_reachesItWithoutDns} reads "call, host of the mesh: reaches it without DNS".
 */
final class Sentence {

  private static final Map<String, String> SPELLING =
      Map.ofEntries(
          Map.entry("applications", "application's"),
          Map.entry("callers", "caller's"),
          Map.entry("dns", "DNS"),
          Map.entry("http", "HTTP"),
          Map.entry("http2", "HTTP/2"),
          Map.entry("io", "I/O"),
          Map.entry("jdk", "JDK"),
          Map.entry("jdks", "JDK's"),
          Map.entry("springs", "Spring's"),
          Map.entry("sql", "SQL"),
          Map.entry("tls", "TLS"),
          Map.entry("url", "URL"));

  /**
   * Before a capital letter, behind a word of one letter, and before a number that is a word of its
   * own: a status code.
   */
  private static final String WORD_BOUNDARY =
      "(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|(?<=[a-z])(?=[0-9]{3})";

  private Sentence() {}

  static String of(String testName) {
    String[] parts = testName.split("_");
    String result = words(parts[parts.length - 1]);
    return parts.length == 1
        ? result
        : Arrays.stream(parts, 0, parts.length - 1)
                .map(Sentence::words)
                .collect(Collectors.joining(", "))
            + ": "
            + result;
  }

  private static String words(String camelCase) {
    return Arrays.stream(camelCase.split(WORD_BOUNDARY))
        .map(word -> word.toLowerCase(Locale.ROOT))
        .map(word -> SPELLING.getOrDefault(word, word))
        .collect(Collectors.joining(" "));
  }
}
