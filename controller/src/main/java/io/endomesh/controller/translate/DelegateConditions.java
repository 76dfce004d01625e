package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.translate.Delegates.Outcome;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.ArrayList;
import java.util.List;

/** Whether what one VirtualService delegates to another is in force, told to both. Stateless. */
final class DelegateConditions {

  private DelegateConditions() {}

  /**
   * @param plain Accepted and ResolvedRefs, as they would be without delegates
   */
  static List<Condition> of(VirtualService virtual, Applied applied, List<Condition> plain) {
    List<VirtualService> all = applied.of(VirtualService.class);
    Delegates delegates = new Delegates(all);
    List<Condition> conditions = new ArrayList<>(plain);
    if (virtual.isDelegate()) {
      asDelegate(virtual, all, delegates, conditions);
    } else {
      asRoot(virtual, delegates, conditions);
    }
    return conditions;
  }

  private static void asRoot(VirtualService root, Delegates delegates, List<Condition> conditions) {
    List<Outcome.Broken> broken = new ArrayList<>();
    List<String> messages = new ArrayList<>();
    List<String> outside = new ArrayList<>();
    for (int i = 0; i < root.rules().size(); i++) {
      String field = "http[" + i + "].delegate: ";
      Outcome outcome = delegates.outcome(root, i);
      if (outcome instanceof Outcome.Broken one) {
        broken.add(one);
        messages.add(field + one.why());
      } else if (outcome instanceof Outcome.Linked linked) {
        for (int rule : linked.outside()) {
          outside.add(
              field
                  + "http["
                  + rule
                  + "] of "
                  + Precedence.name(linked.to())
                  + " matches more than this rule (expected: a part of it); it has no effect");
        }
      }
    }
    if (!broken.isEmpty()) {
      conditions.set(
          1,
          new Condition(
              "ResolvedRefs",
              false,
              broken.get(0).reason(),
              String.join("; ", messages) + "; calls go on to the next rule until then"));
    }
    conflicted(outside, conditions);
  }

  private static void asDelegate(
      VirtualService delegate,
      List<VirtualService> all,
      Delegates delegates,
      List<Condition> conditions) {
    boolean delegated = false;
    List<String> refused = new ArrayList<>();
    List<String> outside = new ArrayList<>();
    for (VirtualService root : all) {
      for (int i = 0; i < root.rules().size(); i++) {
        Outcome outcome = delegates.outcome(root, i);
        if (outcome instanceof Outcome.Linked linked && isSame(linked.to(), delegate)) {
          delegated = true;
          for (int rule : linked.outside()) {
            outside.add(
                "http["
                    + rule
                    + "] matches more than http["
                    + i
                    + "] of "
                    + Precedence.name(root)
                    + ", which delegates to it (expected: a part of it); it has no effect there");
          }
        } else if (outcome instanceof Outcome.Broken && names(root.rules().get(i), delegate)) {
          refused.add(Precedence.name(root));
        }
      }
    }
    if (!delegated) {
      conditions.set(
          0,
          refused.isEmpty()
              ? new Condition(
                  "Accepted",
                  false,
                  "NoMatchingParent",
                  "hosts: absent, and no VirtualService delegates to this one (expected: either);"
                      + " it has no effect until one does")
              : new Condition(
                  "Accepted",
                  false,
                  "RefNotPermitted",
                  "exportTo: not the namespace of "
                      + String.join(", ", refused)
                      + ", which delegates to this one (expected: it, or '*'); it has no effect"));
    }
    conflicted(outside, conditions);
  }

  private static void conflicted(List<String> outside, List<Condition> conditions) {
    if (!outside.isEmpty()) {
      conditions.add(new Condition("Effective", false, "Conflicted", String.join("; ", outside)));
    }
  }

  private static boolean isSame(VirtualService one, VirtualService other) {
    return one.metadata().equals(other.metadata());
  }

  private static boolean names(VirtualService.VirtualRule rule, VirtualService delegate) {
    return new VirtualService.Delegate(delegate.metadata().namespace(), delegate.metadata().name())
        .equals(rule.delegate());
  }
}
