package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.QueryParameterModifier;
import io.endomesh.controller.kinds.RouteResource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What rules may name to have queries changed. Immutable. */
public record QueryModifiers(List<QueryParameterModifier> all) {

  public QueryModifiers {
    all = List.copyOf(all);
  }

  /** Those that a rule names, in its order. */
  List<QueryParameterModifier> of(RouteResource route, RouteResource.Rule rule) {
    List<QueryParameterModifier> named = new ArrayList<>();
    for (String name : rule.filters().queryModifiers()) {
      QueryParameterModifier modifier = of(route.metadata().namespace(), name);
      if (modifier != null) {
        named.add(modifier);
      }
    }
    return named;
  }

  /** Those that a rule names and there are not, as {@code namespace/name}. */
  public List<String> missing(RouteResource route, RouteResource.Rule rule) {
    String namespace = route.metadata().namespace();
    return rule.filters().queryModifiers().stream()
        .filter(name -> of(namespace, name) == null)
        .map(name -> namespace + "/" + name)
        .toList();
  }

  /** Those of all rules, each once. */
  Set<String> missing(RouteResource route) {
    Set<String> missing = new TreeSet<>();
    route.rules().forEach(rule -> missing.addAll(missing(route, rule)));
    return missing;
  }

  private @Nullable QueryParameterModifier of(String namespace, String name) {
    for (QueryParameterModifier modifier : all) {
      if (modifier.metadata().namespace().equals(namespace)
          && modifier.metadata().name().equals(name)) {
        return modifier;
      }
    }
    return null;
  }
}
