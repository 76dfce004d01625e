package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.registry.Workload;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Which identities carry the labels that policies ask callers for. A server sees the identity of
 * its caller and not the workload; so one is let in by a label only if all workloads of its
 * identity were given it by their join tokens, and kept out if any of them has it, by whoever said
 * so. Immutable.
 */
public final class CallerLabels {

  /**
   * The workloads of one identity, as far as labels that are asked for go.
   *
   * @param given what each has of its token; equal ones once
   * @param said all that any of them has, by name
   */
  record Members(Set<Map<String, String>> given, Map<String, Set<String>> said) {

    static final Members NONE = new Members(Set.of(), Map.of());

    Members {
      given = Set.copyOf(given);
      said = Map.copyOf(said);
    }

    static Members of(Collection<Workload> workloads, Set<String> asked) {
      Set<Map<String, String>> given = new HashSet<>();
      Map<String, Set<String>> said = new HashMap<>();
      for (Workload workload : workloads) {
        given.add(only(workload.given(), asked));
        only(workload.labels(), asked)
            .forEach((name, value) -> said.computeIfAbsent(name, n -> new TreeSet<>()).add(value));
      }
      return new Members(given, said);
    }

    private static Map<String, String> only(Map<String, String> labels, Set<String> asked) {
      Map<String, String> some = new TreeMap<>(labels);
      some.keySet().retainAll(asked);
      return some;
    }

    Members and(Members others) {
      Set<Map<String, String>> bothGiven = new HashSet<>(given);
      bothGiven.addAll(others.given);
      Map<String, Set<String>> bothSaid = new HashMap<>(said);
      others.said.forEach(
          (name, values) -> {
            Set<String> all = new TreeSet<>(values);
            all.addAll(bothSaid.getOrDefault(name, Set.of()));
            bothSaid.put(name, all);
          });
      return new Members(bothGiven, bothSaid);
    }

    private boolean allGiven(String name, Predicate<String> value) {
      return !given.isEmpty()
          && given.stream()
              .allMatch(labels -> labels.containsKey(name) && value.test(labels.get(name)));
    }

    private boolean someGiven(String name, Predicate<String> value) {
      return given.stream()
          .anyMatch(labels -> labels.containsKey(name) && value.test(labels.get(name)));
    }

    private boolean anySaid(String name, Predicate<String> value) {
      return said.getOrDefault(name, Set.of()).stream().anyMatch(value);
    }
  }

  private final Map<ServiceKey, Members> identities;

  private CallerLabels(Map<ServiceKey, Members> identities) {
    this.identities = new TreeMap<>(identities);
  }

  /**
   * @param asked names of the labels that policies ask for
   * @param remembered of identities whose workloads are not all there
   */
  static CallerLabels of(
      Collection<Workload> workloads, Set<String> asked, Map<ServiceKey, Members> remembered) {
    if (asked.isEmpty()) {
      return new CallerLabels(Map.of());
    }
    Map<ServiceKey, Members> all = new HashMap<>(remembered);
    byIdentity(workloads)
        .forEach(
            (key, members) ->
                all.merge(key, Members.of(members, asked), (before, now) -> now.and(before)));
    return new CallerLabels(all);
  }

  static Map<ServiceKey, Set<Workload>> byIdentity(Collection<Workload> workloads) {
    Map<ServiceKey, Set<Workload>> all = new HashMap<>();
    for (Workload workload : workloads) {
      all.computeIfAbsent(
              new ServiceKey(workload.namespace(), workload.service()), key -> new HashSet<>())
          .add(workload);
    }
    return all;
  }

  /** Identities all of whose workloads were given such a label. */
  public SortedSet<ServiceKey> given(String name, Predicate<String> value) {
    return where(members -> members.allGiven(name, value));
  }

  /** Identities of which any workload has such a label, by whoever said it. */
  public SortedSet<ServiceKey> said(String name, Predicate<String> value) {
    return where(members -> members.anySaid(name, value));
  }

  /** Identities of which some workloads were given a label with such a value, and others not. */
  public SortedSet<ServiceKey> divided(AuthorizationPolicy.When asked) {
    String name = AuthorizationPolicy.labelName(asked.key());
    Predicate<String> value = AuthorizationPolicyTranslator.anyOf(asked.values().in());
    return where(members -> members.someGiven(name, value) && !members.allGiven(name, value));
  }

  /** True if a workload of any identity was given a label with such a value. */
  public boolean isGiven(AuthorizationPolicy.When asked) {
    String name = AuthorizationPolicy.labelName(asked.key());
    Predicate<String> value = AuthorizationPolicyTranslator.anyOf(asked.values().in());
    return !where(members -> members.someGiven(name, value)).isEmpty();
  }

  private SortedSet<ServiceKey> where(Predicate<Members> condition) {
    SortedSet<ServiceKey> found = new TreeSet<>();
    identities.forEach(
        (key, members) -> {
          if (condition.test(members)) {
            found.add(key);
          }
        });
    return found;
  }
}
