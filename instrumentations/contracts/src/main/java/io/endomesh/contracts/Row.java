package io.endomesh.contracts;

import java.util.Arrays;
import java.util.Comparator;
import java.util.function.Predicate;

/**
 * One line of the page's table: a library at a version, held to a contract. Versions are compared
 * by their numbers. Immutable.
 *
 * @param version empty for a library of the JDK
 */
record Row(String library, String version, String contract) implements Comparable<Row> {

  private static final Comparator<Row> ORDER =
      Comparator.comparing(Row::library, String.CASE_INSENSITIVE_ORDER)
          .thenComparing(row -> numbers(row.version), Arrays::compare)
          .thenComparing(Row::version)
          .thenComparing(Row::contract);

  private static int[] numbers(String version) {
    return Arrays.stream(version.split("\\D+"))
        .filter(Predicate.not(String::isEmpty))
        .mapToInt(Integer::parseInt)
        .toArray();
  }

  String title() {
    return version.isEmpty() ? library : library + " " + version;
  }

  @Override
  public int compareTo(Row other) {
    return ORDER.compare(this, other);
  }
}
