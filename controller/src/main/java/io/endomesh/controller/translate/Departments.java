package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.DepartmentPolicy.Line;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What the DepartmentPolicies say of calls to one namespace. A call that any line denies is
 * refused; then, if the namespace is on the right side of any {@code allow}, its caller must be
 * among those on the left, or of the same department. Immutable.
 */
final class Departments {

  private final List<DepartmentPolicy> policies;

  /**
   * @param policies oldest first
   */
  Departments(List<DepartmentPolicy> policies) {
    this.policies = policies;
  }

  /**
   * Who may reach a namespace besides those that a policy denies.
   *
   * @param policy the oldest that says so
   * @param namespaces of callers
   */
  record Allowed(DepartmentPolicy policy, Set<String> namespaces) {}

  /**
   * Each line that denies calls to the namespace.
   *
   * @param line takes the policy, and the namespaces of those it keeps out; for a line of everybody
   *     ({@code * -> payments}) those that are not meant
   */
  void denied(String namespace, BiConsumer<DepartmentPolicy, Denied> line) {
    for (DepartmentPolicy policy : policies) {
      for (Line one : policy.deny()) {
        Denied denied = includes(policy, one.destination(), namespace) ? denied(policy, one) : null;
        if (denied != null && denied.everybodyElse()) {
          line.accept(policy, denied);
        } else if (denied != null) {
          Set<String> others = new TreeSet<>(denied.namespaces());
          others.remove(namespace);
          if (!others.isEmpty()) {
            line.accept(policy, new Denied(others, false));
          }
        }
      }
    }
  }

  /**
   * @param everybodyElse true if the namespaces are those that are not denied
   */
  record Denied(Set<String> namespaces, boolean everybodyElse) {}

  private static Denied denied(DepartmentPolicy policy, Line line) {
    return line.source().equals(DepartmentPolicy.ANY)
        ? new Denied(new TreeSet<>(policy.namespaces(line.destination())), true)
        : new Denied(new TreeSet<>(policy.namespaces(line.source())), false);
  }

  /**
   * Null if no line allows calls to the namespace, or one allows all of them.
   *
   * @param dryRun of policies that only look on
   */
  @Nullable Allowed allowed(String namespace, boolean dryRun) {
    DepartmentPolicy first = null;
    Set<String> callers = new TreeSet<>(Set.of(namespace));
    for (DepartmentPolicy policy : policies) {
      for (Line line : policy.allow()) {
        if (policy.dryRun() != dryRun || !includes(policy, line.destination(), namespace)) {
          continue;
        }
        if (line.source().equals(DepartmentPolicy.ANY)) {
          return null;
        }
        first = first == null ? policy : first;
        callers.addAll(policy.namespaces(line.source()));
        if (!line.destination().equals(DepartmentPolicy.ANY)) {
          callers.addAll(policy.namespaces(line.destination()));
        }
      }
    }
    return first == null ? null : new Allowed(first, callers);
  }

  private static boolean includes(DepartmentPolicy policy, String department, String namespace) {
    return department.equals(DepartmentPolicy.ANY)
        || policy.namespaces(department).contains(namespace);
  }

  /**
   * The departments there are: those that policies name, and namespaces that are in none of them.
   *
   * @param namespaces of services
   */
  TreeMap<String, List<String>> all(Set<String> namespaces) {
    TreeMap<String, List<String>> all = new TreeMap<>();
    Set<String> members = new TreeSet<>();
    for (DepartmentPolicy policy : policies) {
      policy.departments().forEach(all::putIfAbsent);
      policy.departments().values().forEach(members::addAll);
    }
    List<String> single = new ArrayList<>(namespaces);
    for (DepartmentPolicy policy : policies) {
      for (Line line : policy.deny()) {
        single.addAll(List.of(line.source(), line.destination()));
      }
      for (Line line : policy.allow()) {
        single.addAll(List.of(line.source(), line.destination()));
      }
    }
    for (String name : single) {
      if (!name.equals(DepartmentPolicy.ANY) && !members.contains(name)) {
        all.putIfAbsent(name, List.of(name));
      }
    }
    return all;
  }
}
