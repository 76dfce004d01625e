package io.endomesh.controller.access;

import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** All that somebody may do. Immutable. */
public record Grants(Set<Grant> all) {

  static final Grants NONE = new Grants(Set.of());

  /** Of who runs the controller. */
  static final Grants EVERYTHING = of(List.of(Right.values()));

  public Grants {
    all = Set.copyOf(all);
  }

  static Grants of(Collection<Right> rights) {
    return new Grants(
        rights.stream().map(right -> new Grant(right, null)).collect(Collectors.toSet()));
  }

  /** In all namespaces, and in what has none. */
  public boolean allow(Right right) {
    return all.contains(new Grant(right, null));
  }

  public boolean allow(Right right, String namespace) {
    return allow(right) || all.contains(new Grant(right, namespace));
  }

  /** In one namespace at least: which, is asked again where it is known. */
  boolean allowSomewhere(Right right) {
    return all.stream().anyMatch(grant -> grant.right() == right);
  }

  /** What of this {@code owner} has as well: a token never does more than who made it. */
  Grants within(Grants owner) {
    Set<Grant> both = new HashSet<>();
    for (Grant grant : all) {
      String namespace = grant.namespace();
      if (namespace == null ? owner.allow(grant.right()) : owner.allow(grant.right(), namespace)) {
        both.add(grant);
      }
    }
    return new Grants(both);
  }

  /** Sorted, as scopes are written. */
  public List<String> texts() {
    return all.stream().map(Grant::text).sorted().toList();
  }

  static String names() {
    return Arrays.stream(Right.values())
        .map(right -> right.isByNamespace() ? right.text() + "[:NAMESPACE]" : right.text())
        .collect(Collectors.joining(", "));
  }
}
