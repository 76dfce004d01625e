package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.QueryParameterModifier;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.translate.AppliedResource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** QueryParameterModifiers and the rules that name them. */
final class ModifiersCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    Set<String> named = new HashSet<>();
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof RouteResource route) {
        for (int i = 0; i < route.rules().size(); i++) {
          RouteResource.Rule rule = route.rules().get(i);
          missing(estate, applied, route, i, findings);
          rule.filters()
              .queryModifiers()
              .forEach(name -> named.add(route.metadata().namespace() + "/" + name));
        }
      }
    }
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof QueryParameterModifier modifier
          && !named.contains(modifier.metadata().namespace() + "/" + modifier.metadata().name())) {
        findings.add(
            new Finding(
                Code.EM0109,
                applied.key(),
                "metadata.name",
                "no rule of an HTTPRoute of namespace "
                    + modifier.metadata().namespace()
                    + " names it (expected: a filter of type ExtensionRef); it has no effect"));
      }
    }
  }

  private static void missing(
      Estate estate,
      AppliedResource applied,
      RouteResource route,
      int number,
      List<Finding> findings) {
    for (String name : estate.model().queryModifiers().missing(route, route.rules().get(number))) {
      findings.add(
          new Finding(
              Code.EM0108,
              applied.key(),
              "spec.rules[" + number + "].filters",
              "no QueryParameterModifier "
                  + name
                  + " (expected: one of the route's namespace); calls of this rule are answered"
                  + " with 500"));
    }
  }
}
