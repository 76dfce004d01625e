package io.endomesh.contracts;

import io.endomesh.contracts.Page.Figure;
import io.endomesh.contracts.Page.Where;
import io.endomesh.contracts.Result.Outcome;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Makes a page of results. The same results, in whatever order, make the same page. Stateless. */
final class Tally {

  private Tally() {}

  static Page of(Collection<Result> results) {
    SortedMap<Row, SortedMap<Integer, List<Result>>> byRow = new TreeMap<>();
    for (Result result : results) {
      byRow
          .computeIfAbsent(
              new Row(result.library(), result.version(), result.contract()),
              row -> new TreeMap<>())
          .computeIfAbsent(result.jdk(), jdk -> new ArrayList<>())
          .add(result);
    }
    SortedMap<Row, SortedMap<Integer, Figure>> rows = new TreeMap<>();
    SortedMap<Where, SortedSet<String>> exceptions = new TreeMap<>();
    byRow.forEach(
        (row, byJdk) ->
            byJdk.forEach(
                (jdk, ofRow) -> {
                  rows.computeIfAbsent(row, key -> new TreeMap<>()).put(jdk, figure(ofRow));
                  SortedSet<String> reasons = exceptions(ofRow);
                  if (!reasons.isEmpty()) {
                    exceptions
                        .computeIfAbsent(new Where(row.title(), jdk), key -> new TreeSet<>())
                        .addAll(reasons);
                  }
                }));
    return new Page(
        rows,
        exceptions,
        promises(results, Predicate.not(Result::own), /* byLibrary= */ false),
        promises(results, Result::own, /* byLibrary= */ true));
  }

  private static Figure figure(List<Result> results) {
    long kept = count(results, Outcome.KEPT);
    long apply = kept + count(results, Outcome.BROKEN);
    String text = apply == 0 ? "does not apply" : kept + " of " + apply;
    return new Figure(text, results.stream().anyMatch(Result::everyChange));
  }

  private static long count(List<Result> results, Outcome outcome) {
    return results.stream().filter(each -> each.outcome() == outcome).count();
  }

  private static SortedSet<String> exceptions(List<Result> ofRow) {
    SortedSet<String> lines = new TreeSet<>();
    List<String> reasons = ofRow.stream().map(Result::reason).distinct().toList();
    if (count(ofRow, Outcome.NOT_APPLICABLE) == ofRow.size() && reasons.size() == 1) {
      lines.add("all promises: " + reasons.get(0));
      return lines;
    }
    for (Result each : ofRow) {
      if (each.outcome() != Outcome.KEPT) {
        String why = each.outcome() == Outcome.BROKEN ? "broken" : each.reason();
        lines.add("“" + Sentence.of(each.promise()) + "”: " + why);
      }
    }
    return lines;
  }

  /** By contract or, for what a library promises alone, by library. */
  private static SortedMap<String, SortedSet<String>> promises(
      Collection<Result> results, Predicate<Result> which, boolean byLibrary) {
    return results.stream()
        .filter(which)
        .collect(
            Collectors.groupingBy(
                each -> Objects.requireNonNull(byLibrary ? each.library() : each.contract()),
                () -> new TreeMap<>(String.CASE_INSENSITIVE_ORDER),
                Collectors.mapping(
                    each -> Sentence.of(each.promise()), Collectors.toCollection(TreeSet::new))));
  }
}
