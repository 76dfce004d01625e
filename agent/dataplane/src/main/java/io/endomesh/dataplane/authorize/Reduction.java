package io.endomesh.dataplane.authorize;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is left of a condition once its caller is known: who calls is decided, what is called is
 * not. Callers of whom the same holds need the same rest. Immutable.
 */
final class Reduction {

  /** Matches nothing. */
  static final Condition NEVER = new Condition.AnyOf(List.of());

  private final List<Condition.Caller> questions;

  /** All that the policies ask of callers. */
  Reduction(List<List<Policy>> policies) {
    Set<Condition.Caller> all = new LinkedHashSet<>();
    for (List<Policy> list : policies) {
      for (Policy policy : list) {
        for (Policy.Rule rule : policy.rules()) {
          collect(rule.principal(), all);
          collect(rule.permission(), all);
        }
      }
    }
    this.questions = List.copyOf(all);
  }

  private static void collect(Condition condition, Set<Condition.Caller> all) {
    if (condition instanceof Condition.Caller caller) {
      all.add(caller);
    } else if (condition instanceof Condition.All every) {
      every.conditions().forEach(one -> collect(one, all));
    } else if (condition instanceof Condition.AnyOf any) {
      any.conditions().forEach(one -> collect(one, all));
    } else if (condition instanceof Condition.Not not) {
      collect(not.condition(), all);
    }
  }

  /** Which of the questions a caller answers with yes. */
  BitSet answers(@Nullable String caller) {
    BitSet answers = new BitSet(questions.size());
    for (int i = 0; i < questions.size(); i++) {
      answers.set(i, caller != null && questions.get(i).identity().matches(caller));
    }
    return answers;
  }

  /** {@link Condition#ANY} and {@link #NEVER} where nothing is left to be asked. */
  static Condition of(Condition condition, @Nullable String caller) {
    if (condition instanceof Condition.Caller asked) {
      return caller != null && asked.identity().matches(caller) ? Condition.ANY : NEVER;
    }
    if (condition instanceof Condition.All all) {
      return all(all.conditions(), caller);
    }
    if (condition instanceof Condition.AnyOf any) {
      return anyOf(any.conditions(), caller);
    }
    if (condition instanceof Condition.Not not) {
      Condition inner = of(not.condition(), caller);
      if (isAlways(inner)) {
        return NEVER;
      }
      return isNever(inner) ? Condition.ANY : new Condition.Not(inner);
    }
    return condition;
  }

  static Condition all(List<Condition> conditions, @Nullable String caller) {
    List<Condition> left = new ArrayList<>();
    for (Condition one : conditions) {
      Condition reduced = of(one, caller);
      if (isNever(reduced)) {
        return NEVER;
      }
      if (!isAlways(reduced)) {
        left.add(reduced);
      }
    }
    return left.size() == 1 ? left.get(0) : new Condition.All(left);
  }

  private static Condition anyOf(List<Condition> conditions, @Nullable String caller) {
    List<Condition> left = new ArrayList<>();
    for (Condition one : conditions) {
      Condition reduced = of(one, caller);
      if (isAlways(reduced)) {
        return Condition.ANY;
      }
      if (!isNever(reduced)) {
        left.add(reduced);
      }
    }
    return left.size() == 1 ? left.get(0) : new Condition.AnyOf(left);
  }

  static boolean isAlways(Condition condition) {
    return condition instanceof Condition.All all && all.conditions().isEmpty();
  }

  static boolean isNever(Condition condition) {
    return condition instanceof Condition.AnyOf any && any.conditions().isEmpty();
  }
}
