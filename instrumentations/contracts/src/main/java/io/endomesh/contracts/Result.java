package io.endomesh.contracts;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * What became of one promise, for one version of a library on one JDK. Immutable.
 *
 * @param jdk feature version
 * @param version empty for a library of the JDK
 * @param contract as a user would call it
 * @param own true if it is no promise of the contract, but of this library alone
 * @param promise name of the test
 * @param reason why it is not applicable, else empty
 * @param everyChange true if CI runs it on this JDK
 */
record Result(
    int jdk,
    String library,
    String version,
    String contract,
    boolean own,
    String promise,
    Outcome outcome,
    String reason,
    boolean everyChange) {

  enum Outcome {
    KEPT,
    NOT_APPLICABLE,
    BROKEN
  }

  /** Number of fields of a line, as the test kit's {@code Promises} writes them. */
  private static final int FIELDS = 8;

  static Result parse(int jdk, String line) {
    String[] fields = line.split("\t", -1);
    if (fields.length != FIELDS) {
      throw new IllegalArgumentException(
          "result: " + line + " (expected: " + FIELDS + " fields between tabs)");
    }
    return new Result(
        jdk,
        fields[0],
        fields[1],
        fields[2],
        fields[3].equals("own"),
        fields[4],
        Outcome.valueOf(fields[5].toUpperCase(Locale.ROOT).replace('-', '_')),
        fields[6],
        fields[7].equals("every-change"));
  }

  /**
   * All results on one JDK, {@code JDK/CLASS.tsv} below a directory.
   *
   * @throws IOException if there are none, or they cannot be read
   */
  static List<Result> read(Path directory, int jdk) throws IOException {
    Path ofJdk = directory.resolve(String.valueOf(jdk));
    List<Result> results = new ArrayList<>();
    if (Files.isDirectory(ofJdk)) {
      try (Stream<Path> files = Files.list(ofJdk)) {
        for (Path file : files.toList()) {
          for (String line : Files.readAllLines(file)) {
            results.add(parse(jdk, line));
          }
        }
      }
    }
    if (results.isEmpty()) {
      throw new IOException(
          ofJdk + ": no results (expected: those of the contracts on JDK " + jdk + ")");
    }
    return results;
  }
}
