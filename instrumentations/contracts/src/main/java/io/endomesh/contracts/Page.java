package io.endomesh.contracts;

import io.endomesh.contracts.Result.Outcome;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * The compatibility page: a table of what was held to which contract, every exception with its
 * reason, and the promises. The same results make the same page.
 */
final class Page {

  private static final String HEAD =
      """
      # Compatibility

      <!-- Written by ./endomesh compatibility from the results of the contract tests. Not edited by hand. -->

      Every library is held to a contract. Its promises are tests, inherited by each library, that run in a real JVM under the packaged
      agent jar against the real library, at the oldest and the newest version named here. Versions in between are checked when they
      are woven: one that does not fit switches its instrumentation off, with one line that names what is missing, and the application
      runs on.

      """;

  /** One line of the table. Versions are compared by their numbers. */
  private record Row(String library, String version, String contract) implements Comparable<Row> {
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

  private final SortedMap<Row, SortedMap<Integer, List<Result>>> rows = new TreeMap<>();
  private final SortedSet<Integer> jdks = new TreeSet<>();
  private final Collection<Result> results;
  private final String limits;

  /**
   * @param limits what stands at the end of the page
   */
  Page(Collection<Result> results, String limits) {
    this.results = results;
    this.limits = limits;
    for (Result result : results) {
      jdks.add(result.jdk());
      rows.computeIfAbsent(
              new Row(result.library(), result.version(), result.contract()),
              row -> new TreeMap<>())
          .computeIfAbsent(result.jdk(), jdk -> new ArrayList<>())
          .add(result);
    }
  }

  SortedSet<Integer> jdks() {
    return jdks;
  }

  String text() {
    StringBuilder page = new StringBuilder(HEAD);
    page.append("| library | version | contract |");
    jdks.forEach(jdk -> page.append(" JDK ").append(jdk).append(" |"));
    page.append("\n| --- | --- | --- |").append(" --- |".repeat(jdks.size())).append('\n');
    rows.forEach(
        (row, byJdk) -> {
          page.append(
              "| %s | %s | %s |"
                  .formatted(
                      row.library,
                      row.version.isEmpty() ? "the JDK's" : row.version,
                      row.contract));
          jdks.forEach(
              jdk ->
                  page.append(' ').append(kept(byJdk.getOrDefault(jdk, List.of()))).append(" |"));
          page.append('\n');
        });
    page.append("\nThe figures are promises kept, of those that apply.\n");
    exceptions(page);
    page.append("\n## The promises\n");
    promises(page);
    return page.append("\n## Known limits\n\n").append(limits).toString();
  }

  private static String kept(List<Result> results) {
    long kept = count(results, Outcome.KEPT);
    long apply = kept + count(results, Outcome.BROKEN);
    if (results.isEmpty()) {
      return "not run";
    }
    return apply == 0 ? "does not apply" : kept + " of " + apply;
  }

  private static long count(List<Result> results, Outcome outcome) {
    return results.stream().filter(each -> each.outcome() == outcome).count();
  }

  private void exceptions(StringBuilder page) {
    SortedSet<String> lines = new TreeSet<>();
    rows.forEach(
        (row, byJdk) ->
            byJdk.forEach(
                (jdk, ofRow) -> {
                  String where = row.title() + ", JDK " + jdk + ": ";
                  List<String> reasons = ofRow.stream().map(Result::reason).distinct().toList();
                  if (count(ofRow, Outcome.NOT_APPLICABLE) == ofRow.size() && reasons.size() == 1) {
                    lines.add(where + "all promises: " + reasons.get(0));
                    return;
                  }
                  for (Result each : ofRow) {
                    if (each.outcome() != Outcome.KEPT) {
                      String why = each.outcome() == Outcome.BROKEN ? "broken" : each.reason();
                      lines.add(where + "“" + Sentence.of(each.promise()) + "”: " + why);
                    }
                  }
                }));
    if (!lines.isEmpty()) {
      page.append("\n## Exceptions\n\n");
      lines.forEach(line -> page.append("- ").append(line).append('\n'));
    }
  }

  private void promises(StringBuilder page) {
    SortedMap<String, SortedSet<String>> shared = sentences(Predicate.not(Result::own), false);
    SortedMap<String, SortedSet<String>> own = sentences(Result::own, true);
    shared.forEach((contract, sentences) -> list(page, contract, sentences));
    own.forEach((library, sentences) -> list(page, library + ", besides", sentences));
  }

  /** By contract or, for what a library promises alone, by library. */
  private SortedMap<String, SortedSet<String>> sentences(
      Predicate<Result> which, boolean byLibrary) {
    return results.stream()
        .filter(which)
        .collect(
            Collectors.groupingBy(
                each -> Objects.requireNonNull(byLibrary ? each.library() : each.contract()),
                () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER),
                Collectors.mapping(
                    each -> Sentence.of(each.promise()), Collectors.toCollection(TreeSet::new))));
  }

  private static void list(StringBuilder page, String title, SortedSet<String> sentences) {
    page.append("\n### ").append(title).append("\n\n");
    sentences.forEach(sentence -> page.append("- ").append(sentence).append('\n'));
  }
}
