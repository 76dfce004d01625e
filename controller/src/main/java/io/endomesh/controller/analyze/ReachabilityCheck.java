package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.HttpRoute;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.Delegates;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Rules that another hides: in a VirtualService an earlier one that matches all they match, among
 * HTTPRoutes, where the most specific wins, only an equal one or an expression for every path.
 */
final class ReachabilityCheck implements Check {

  /** Expressions that match every path. */
  private static final Set<String> EVERYTHING = Set.of(".*", "/.*", ".+", "^.*$", "^/.*$");

  @Override
  public void look(Estate estate, List<Finding> findings) {
    List<Taken> taken = new ArrayList<>();
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof VirtualService virtual) {
        inOrder(applied, virtual, findings);
        delegated(estate, virtual, findings);
      } else if (applied.resource() instanceof HttpRoute route) {
        bySpecificity(applied, route, taken, findings);
      }
    }
  }

  private static void inOrder(
      AppliedResource applied, VirtualService virtual, List<Finding> findings) {
    List<VirtualService.VirtualRule> rules = virtual.rules();
    for (int later = 1; later < rules.size(); later++) {
      for (int earlier = 0; earlier < later; earlier++) {
        if (hides(rules.get(earlier), rules.get(later))) {
          findings.add(
              new Finding(
                  Code.EM0201,
                  applied.key(),
                  "spec.http[" + later + "]",
                  "spec.http["
                      + earlier
                      + "] stands before it and matches all that it matches (expected: the more"
                      + " specific one first)"));
          break;
        }
      }
    }
  }

  private static void delegated(Estate estate, VirtualService root, List<Finding> findings) {
    for (int i = 0; i < root.rules().size(); i++) {
      if (estate.model().delegates().outcome(root, i) instanceof Delegates.Outcome.Linked linked) {
        for (int rule : linked.outside()) {
          findings.add(
              new Finding(
                  Code.EM0201,
                  new ResourceKey(
                      "VirtualService",
                      linked.to().metadata().namespace(),
                      linked.to().metadata().name()),
                  "spec.http[" + rule + "]",
                  "matches more than spec.http["
                      + i
                      + "] of VirtualService "
                      + root.metadata().namespace()
                      + "/"
                      + root.metadata().name()
                      + ", which delegates to it (expected: a part of it)"));
        }
      }
    }
  }

  private static boolean hides(
      VirtualService.VirtualRule earlier, VirtualService.VirtualRule later) {
    if (earlier.delegate() != null) {
      // Calls that none of its delegate's rules match go on to the later ones.
      return false;
    }
    if (earlier.matches().isEmpty()) {
      return true;
    }
    return !later.matches().isEmpty()
        && later.matches().stream()
            .allMatch(match -> earlier.matches().stream().anyMatch(wide -> covers(wide, match)));
  }

  private static boolean covers(VirtualService.Match wide, VirtualService.Match narrow) {
    return coversPath(wide, narrow)
        && (wide.method() == null || wide.method().equals(narrow.method()))
        && narrow.headers().containsAll(wide.headers())
        && narrow.queryParams().containsAll(wide.queryParams())
        && (wide.port() == null || wide.port().equals(narrow.port()))
        && (wide.sourceNamespace() == null
            || wide.sourceNamespace().equals(narrow.sourceNamespace()))
        && narrow.sourceLabels().entrySet().containsAll(wide.sourceLabels().entrySet());
  }

  private static boolean coversPath(VirtualService.Match wide, VirtualService.Match narrow) {
    VirtualService.Text of = wide.uri();
    VirtualService.Text in = narrow.uri();
    if (of == null) {
      return true;
    }
    if (in == null) {
      return of.comparison() == VirtualService.Comparison.PREFIX && of.value().equals("/");
    }
    if (of.equals(in) && wide.ignoreUriCase() == narrow.ignoreUriCase()) {
      return true;
    }
    return of.comparison() == VirtualService.Comparison.PREFIX
        && in.comparison() != VirtualService.Comparison.REGEX
        && !narrow.ignoreUriCase()
        && in.value().startsWith(of.value());
  }

  /**
   * A match that is there already.
   *
   * @param namespace of the route: those of another are for other callers
   */
  private record Taken(
      String namespace, HttpRoute.Parent parent, HttpRoute.Match match, String where) {}

  private static void bySpecificity(
      AppliedResource applied, HttpRoute route, List<Taken> taken, List<Finding> findings) {
    List<Taken> own = new ArrayList<>();
    for (int i = 0; i < route.rules().size(); i++) {
      Set<String> hiders = new HashSet<>();
      boolean reachable = false;
      for (HttpRoute.Match match : route.rules().get(i).matches()) {
        for (HttpRoute.Parent parent : route.parents()) {
          Taken mine =
              new Taken(
                  applied.key().namespace(),
                  parent,
                  match,
                  applied.key() + " spec.rules[" + i + "]");
          String hider = hider(mine, taken, own);
          if (hider == null) {
            reachable = true;
            own.add(mine);
          } else {
            hiders.add(hider);
          }
        }
      }
      if (!reachable && !hiders.isEmpty()) {
        findings.add(
            new Finding(
                Code.EM0201,
                applied.key(),
                "spec.rules[" + i + "]",
                String.join(", ", hiders) + " matches all that it matches, and comes before it"));
      }
    }
    taken.addAll(own);
  }

  private static @Nullable String hider(Taken mine, List<Taken> taken, List<Taken> own) {
    for (List<Taken> others : List.of(taken, own)) {
      for (Taken other : others) {
        if (other.namespace().equals(mine.namespace())
            && sameService(other.parent(), mine.parent())
            && (other.match().equals(mine.match()) || isForEverything(other, mine))) {
          return other.where();
        }
      }
    }
    return null;
  }

  private static boolean sameService(HttpRoute.Parent one, HttpRoute.Parent other) {
    return one.namespace().equals(other.namespace())
        && one.service().equals(other.service())
        && (one.port() == null || Objects.equals(one.port(), other.port()));
  }

  /** Expressions count before prefixes. */
  private static boolean isForEverything(Taken wide, Taken narrow) {
    return wide.match().path().type() == HttpRoute.PathType.RegularExpression
        && EVERYTHING.contains(wide.match().path().value())
        && wide.match().method() == null
        && wide.match().headers().isEmpty()
        && wide.match().queryParams().isEmpty()
        && narrow.match().path().type() == HttpRoute.PathType.PathPrefix;
  }
}
