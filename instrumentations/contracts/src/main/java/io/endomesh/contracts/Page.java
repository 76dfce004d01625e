package io.endomesh.contracts;

import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The compatibility page: a table of what was held to which contract, every exception with its
 * reason, and the promises. Not to be changed.
 *
 * @param rows what came out on each JDK where it was run
 * @param exceptions what is not kept, by where
 * @param shared the promises of each contract
 * @param own by library, what it promises besides
 */
record Page(
    SortedMap<Row, SortedMap<Integer, Figure>> rows,
    SortedMap<Where, SortedSet<String>> exceptions,
    SortedMap<String, SortedSet<String>> shared,
    SortedMap<String, SortedSet<String>> own) {

  /**
   * What came out of a row on one JDK.
   *
   * @param text promises kept, of those that apply
   * @param everyChange true if CI runs it
   */
  record Figure(String text, boolean everyChange) {}

  /**
   * @param title of a row
   */
  record Where(String title, int jdk) implements Comparable<Where> {
    @Override
    public int compareTo(Where other) {
      int byTitle = title.compareTo(other.title);
      return byTitle != 0 ? byTitle : Integer.compare(jdk, other.jdk);
    }
  }

  boolean ran(Row row, int jdk) {
    return rows.getOrDefault(row, new TreeMap<>()).containsKey(jdk);
  }

  /** Behaviours that a version of a library does not give, each once for all JDKs. */
  long notGiven() {
    return exceptions.entrySet().stream()
        .flatMap(
            each -> each.getValue().stream().map(reason -> each.getKey().title() + " " + reason))
        .distinct()
        .count();
  }

  SortedSet<Integer> jdks() {
    SortedSet<Integer> jdks = new TreeSet<>();
    rows.values().forEach(byJdk -> jdks.addAll(byJdk.keySet()));
    return jdks;
  }

  /**
   * This page where only a part of it was run again: what was run is as it came out, all else
   * stays. A contract's promises are the same for all its libraries; what a library promises
   * besides is known in full only if all its rows were run.
   */
  Page with(Page part) {
    SortedMap<Row, SortedMap<Integer, Figure>> figures = new TreeMap<>();
    rows.forEach((row, byJdk) -> figures.put(row, new TreeMap<>(byJdk)));
    part.rows.forEach(
        (row, byJdk) -> figures.computeIfAbsent(row, key -> new TreeMap<>()).putAll(byJdk));

    SortedMap<Where, SortedSet<String>> reasons = new TreeMap<>(exceptions);
    part.rows.forEach(
        (row, byJdk) -> byJdk.keySet().forEach(jdk -> reasons.remove(new Where(row.title(), jdk))));
    reasons.putAll(part.exceptions);

    SortedMap<String, SortedSet<String>> ofContracts = new TreeMap<>(shared);
    ofContracts.putAll(part.shared);

    SortedMap<String, SortedSet<String>> ofLibraries = copyOf(own);
    for (Map.Entry<Row, SortedMap<Integer, Figure>> each : rows.entrySet()) {
      String library = each.getKey().library();
      if (rows.keySet().stream()
          .filter(row -> row.library().equals(library))
          .allMatch(part.rows::containsKey)) {
        ofLibraries.remove(library);
      }
    }
    part.own.forEach(
        (library, promises) ->
            ofLibraries.computeIfAbsent(library, key -> new TreeSet<>()).addAll(promises));
    return new Page(figures, reasons, ofContracts, ofLibraries);
  }

  private static SortedMap<String, SortedSet<String>> copyOf(
      SortedMap<String, SortedSet<String>> sections) {
    SortedMap<String, SortedSet<String>> copy = new TreeMap<>(sections.comparator());
    sections.forEach((title, promises) -> copy.put(title, new TreeSet<>(promises)));
    return copy;
  }
}
