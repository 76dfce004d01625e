package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.kinds.VirtualService.Delegate;
import io.endomesh.controller.kinds.VirtualService.Match;
import io.endomesh.controller.kinds.VirtualService.VirtualRule;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The rules of VirtualServices, with those of their delegates in the place of rules that delegate
 * (Istio, {@code HTTPRoute.delegate}). A rule whose delegate is missing leads nowhere: calls go on
 * to the next rule. Immutable.
 */
public final class Delegates {

  /**
   * @param name as decisions tell it
   */
  public record NamedRule(String name, VirtualRule rule) {}

  /** What came of a rule that delegates. */
  public sealed interface Outcome {

    /**
     * @param reason one word for a status
     * @param why a sentence
     */
    record Broken(String reason, String why) implements Outcome {}

    /**
     * @param to the delegate
     * @param rules in force
     * @param outside numbers of its rules that are not in force, because they match more
     */
    record Linked(VirtualService to, List<NamedRule> rules, List<Integer> outside)
        implements Outcome {

      public Linked {
        rules = List.copyOf(rules);
        outside = List.copyOf(outside);
      }
    }
  }

  private final Map<Delegate, VirtualService> byName = new HashMap<>();

  public Delegates(List<VirtualService> all) {
    for (VirtualService one : all) {
      byName.put(new Delegate(one.metadata().namespace(), one.metadata().name()), one);
    }
  }

  /** In order. */
  List<NamedRule> rules(VirtualService root) {
    List<NamedRule> rules = new ArrayList<>();
    for (int i = 0; i < root.rules().size(); i++) {
      Outcome outcome = outcome(root, i);
      if (outcome == null) {
        rules.add(new NamedRule(name(root, i), root.rules().get(i)));
      } else if (outcome instanceof Outcome.Linked linked) {
        rules.addAll(linked.rules());
      }
    }
    return rules;
  }

  /** Null if the rule does not delegate. */
  public @Nullable Outcome outcome(VirtualService root, int rule) {
    VirtualRule wide = root.rules().get(rule);
    if (wide.delegate() == null) {
      return null;
    }
    VirtualService to = byName.get(wide.delegate());
    String name = "VirtualService " + wide.delegate().namespace() + "/" + wide.delegate().name();
    if (to == null) {
      return new Outcome.Broken(
          "DelegateNotFound", "no " + name + " (expected: one without hosts)");
    }
    if (!to.isDelegate()) {
      return new Outcome.Broken("InvalidDelegate", name + " has hosts (expected: none)");
    }
    String namespace = root.metadata().namespace();
    if (!to.isExportedTo(namespace)) {
      return new Outcome.Broken(
          "RefNotPermitted",
          name + " is not for namespace " + namespace + " (expected: it in exportTo, or '*')");
    }
    List<NamedRule> rules = new ArrayList<>();
    List<Integer> outside = new ArrayList<>();
    for (int i = 0; i < to.rules().size(); i++) {
      VirtualRule narrow = to.rules().get(i);
      List<Match> both = CommonMatches.of(wide.matches(), narrow.matches());
      if (both == null) {
        outside.add(i);
      } else {
        rules.add(
            new NamedRule(
                name(to, i) + " for " + RouteRules.name(root.metadata(), rule),
                narrow.inPlaceOf(wide, both)));
      }
    }
    return new Outcome.Linked(to, rules, outside);
  }

  private static String name(VirtualService resource, int rule) {
    return RouteRules.name(resource.metadata(), "VirtualService", rule);
  }
}
