package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.VirtualService.Comparison;
import io.endomesh.controller.kinds.VirtualService.Match;
import io.endomesh.controller.kinds.VirtualService.NamedText;
import io.endomesh.controller.kinds.VirtualService.Text;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a rule and one it delegates to match both. Istio demands that the delegated rule match a
 * part of what the delegating one does, and compares exact values and prefixes only. Stateless.
 *
 * @see <a
 *     href="https://istio.io/latest/docs/reference/config/networking/virtual-service/#Delegate">
 *     Istio, Delegate</a>
 */
final class CommonMatches {

  private CommonMatches() {}

  /**
   * @param root any of them; empty matches all
   * @param delegated any of them, each of which must lie within one of {@code root}
   * @return null if one does not
   */
  static @Nullable List<Match> of(List<Match> root, List<Match> delegated) {
    if (root.isEmpty() || delegated.isEmpty()) {
      return root.isEmpty() ? delegated : root;
    }
    List<Match> common = new ArrayList<>();
    for (Match narrow : delegated) {
      List<Match> within =
          root.stream().filter(wide -> holds(wide, narrow)).map(w -> both(w, narrow)).toList();
      if (within.isEmpty()) {
        return null;
      }
      common.addAll(within);
    }
    return common;
  }

  /** True if nothing that both speak of lies outside of {@code wide}. */
  private static boolean holds(Match wide, Match narrow) {
    return (wide.uri() == null
            || narrow.uri() == null
            || wide.ignoreUriCase() == narrow.ignoreUriCase() && holds(wide.uri(), narrow.uri()))
        && (wide.method() == null
            || narrow.method() == null
            || holds(wide.method(), narrow.method()))
        && named(wide.headers(), narrow.headers())
        && named(wide.queryParams(), narrow.queryParams())
        && agree(wide.port(), narrow.port())
        && agree(wide.sourceNamespace(), narrow.sourceNamespace())
        && narrow.sourceLabels().entrySet().stream()
            .allMatch(label -> agree(wide.sourceLabels().get(label.getKey()), label.getValue()));
  }

  private static boolean agree(@Nullable Object wide, @Nullable Object narrow) {
    return wide == null || narrow == null || wide.equals(narrow);
  }

  /** What must not match can only make less of it. */
  private static boolean named(List<NamedText> wide, List<NamedText> narrow) {
    return narrow.stream()
        .allMatch(
            its ->
                wide.stream()
                    .filter(one -> one.name().equals(its.name()))
                    .allMatch(
                        one -> one.negated() || its.negated() || holds(one.value(), its.value())));
  }

  /** Nobody can tell whether one expression matches less than another: they hold nothing. */
  private static boolean holds(Text wide, Text narrow) {
    return switch (wide.comparison()) {
      case PRESENT -> true;
      case EXACT -> wide.equals(narrow);
      case PREFIX ->
          (narrow.comparison() == Comparison.EXACT || narrow.comparison() == Comparison.PREFIX)
              && narrow.value().startsWith(wide.value());
      case REGEX -> false;
    };
  }

  private static Match both(Match wide, Match narrow) {
    return new Match(
        narrow.uri() == null ? wide.uri() : narrow.uri(),
        narrow.uri() == null ? wide.ignoreUriCase() : narrow.ignoreUriCase(),
        narrow.method() == null ? wide.method() : narrow.method(),
        all(wide.headers(), narrow.headers()),
        all(wide.queryParams(), narrow.queryParams()),
        narrow.port() == null ? wide.port() : narrow.port(),
        narrow.sourceNamespace() == null ? wide.sourceNamespace() : narrow.sourceNamespace(),
        all(wide.sourceLabels(), narrow.sourceLabels()));
  }

  private static Map<String, String> all(Map<String, String> wide, Map<String, String> narrow) {
    Map<String, String> all = new HashMap<>(wide);
    all.putAll(narrow);
    return all;
  }

  private static List<NamedText> all(List<NamedText> wide, List<NamedText> narrow) {
    List<NamedText> all = new ArrayList<>(narrow);
    for (NamedText one : wide) {
      // What the narrower one demands of the same thing is a part of it.
      boolean implied =
          !one.negated()
              && narrow.stream().anyMatch(its -> !its.negated() && its.name().equals(one.name()));
      if (!implied && !all.contains(one)) {
        all.add(one);
      }
    }
    return all;
  }
}
