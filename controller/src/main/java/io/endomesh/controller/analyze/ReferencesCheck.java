package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.DestinationRule;
import io.endomesh.controller.kinds.RouteFilters;
import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.VirtualService;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.Delegates;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.RouteHost;
import io.endomesh.controller.translate.ServiceKey;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Services and subsets that are named, and whether they are there. */
final class ReferencesCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    for (AppliedResource applied : estate.resources()) {
      RuleSet rules = RuleSet.of(applied.resource(), estate.model());
      if (rules != null) {
        for (ServiceKey service : rules.services()) {
          whoItIsFor(estate, applied, rules.forField(), service, findings);
        }
        for (String host : rules.unknown()) {
          findings.add(
              new Finding(
                  Code.EM0101,
                  applied.key(),
                  rules.forField(),
                  "no ServiceEntry of " + host + " (expected: one that has it); it has no effect"));
        }
        for (int i = 0; i < rules.rules().size(); i++) {
          rule(estate, applied, rules, i, findings);
        }
        if (applied.resource() instanceof VirtualService virtual) {
          delegates(estate, applied, virtual, findings);
        }
      } else if (applied.resource() instanceof DestinationRule destination) {
        ServiceKey service = estate.model().serviceOf(destination);
        if (service != null) {
          whoItIsFor(estate, applied, "spec.host", service, findings);
        }
      }
    }
  }

  private static void delegates(
      Estate estate, AppliedResource applied, VirtualService virtual, List<Finding> findings) {
    for (int i = 0; i < virtual.rules().size(); i++) {
      if (estate.model().delegates().outcome(virtual, i)
          instanceof Delegates.Outcome.Broken broken) {
        findings.add(
            new Finding(
                Code.EM0107,
                applied.key(),
                "spec.http[" + i + "].delegate",
                broken.why() + "; calls go on to the next rule"));
      }
    }
  }

  private static void whoItIsFor(
      Estate estate,
      AppliedResource applied,
      String field,
      ServiceKey service,
      List<Finding> findings) {
    if (!estate.knows(service)) {
      findings.add(
          new Finding(
              Code.EM0101,
              applied.key(),
              field,
              "no service "
                  + Estate.text(service)
                  + " (expected: one that joined, or a v1 Service); it has no effect"));
    }
  }

  private static void rule(
      Estate estate, AppliedResource applied, RuleSet rules, int number, List<Finding> findings) {
    RouteResource.Rule rule = rules.rules().get(number);
    String field = rules.field(number) + "." + rules.backendsField();
    for (int i = 0; i < rule.backends().size(); i++) {
      RouteResource.Backend backend = rule.backends().get(i);
      backend(estate, applied, field + "[" + i + "]", backend, backend.weight(), findings);
    }
    for (RouteFilters.Mirror mirror : rule.filters().mirrors()) {
      backend(estate, applied, rules.field(number), mirror.backend(), 0, findings);
    }
  }

  private static void backend(
      Estate estate,
      AppliedResource applied,
      String field,
      RouteResource.Backend backend,
      int weight,
      List<Finding> findings) {
    // Gateway API says how such calls are answered, Istio does not.
    String status = applied.resource() instanceof RouteResource ? "500" : "503";
    RouteHost host = estate.model().routeHost(backend);
    if (host instanceof RouteHost.External external) {
      subset(estate, applied, field, external.host(), backend.subset(), findings);
      return;
    }
    if (host instanceof RouteHost.Unknown unknown) {
      findings.add(
          new Finding(
              Code.EM0102,
              applied.key(),
              field,
              "no ServiceEntry of "
                  + unknown.host()
                  + " (expected: one that has it); calls that are sent to it fail with "
                  + status));
      return;
    }
    ServiceKey key = ((RouteHost.Service) host).key();
    MeshService service = estate.model().service(key);
    String name = Estate.text(key);
    if (service == null) {
      findings.add(
          new Finding(
              Code.EM0102,
              applied.key(),
              field,
              "no service "
                  + name
                  + " (expected: one that joined, or a v1 Service); calls that are sent to it fail"
                  + " with "
                  + status));
      return;
    }
    if (applied.resource() instanceof RouteResource route
        && !estate.model().grants().permit(route, key)) {
      findings.add(
          new Finding(
              Code.EM0103,
              applied.key(),
              field,
              name
                  + " (expected: a ReferenceGrant of namespace "
                  + key.namespace()
                  + " that opens it); calls that are sent to it fail with 500"));
    }
    String subset = backend.subset();
    if (!subset(estate, applied, field, name, subset, findings)) {
      return;
    }
    if (estate.live() && weight > 0 && hasNobody(estate, service, subset)) {
      findings.add(
          new Finding(
              Code.EM0105,
              applied.key(),
              field,
              "weight "
                  + weight
                  + " to "
                  + name
                  + (subset == null ? "" : " subset " + subset)
                  + ", which has no workload (expected: one at least, or weight 0)"));
    }
  }

  /**
   * @param name of the service, {@code shop/orders}, or an external host
   * @return true if there is one, or none is asked for
   */
  private static boolean subset(
      Estate estate,
      AppliedResource applied,
      String field,
      String name,
      @Nullable String subset,
      List<Finding> findings) {
    if (subset == null || labels(estate, name, subset) != null) {
      return true;
    }
    findings.add(
        new Finding(
            Code.EM0104,
            applied.key(),
            field,
            "subset "
                + subset
                + " of "
                + name
                + " (expected: one that its DestinationRule defines); calls that are sent to it"
                + " fail with 503"));
    return false;
  }

  private static boolean hasNobody(Estate estate, MeshService service, @Nullable String subset) {
    DestinationRule.Subset wanted =
        subset == null ? null : labels(estate, Estate.text(service.key()), subset);
    return service.workloads().stream()
        .noneMatch(
            workload ->
                wanted == null
                    || workload.labels().entrySet().containsAll(wanted.labels().entrySet()));
  }

  /** Of the oldest rule for the service, which is the one that counts. */
  private static DestinationRule.@Nullable Subset labels(
      Estate estate, String name, String subset) {
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof DestinationRule rule && name.equals(name(estate, rule))) {
        return rule.subsets().stream()
            .filter(candidate -> candidate.name().equals(subset))
            .findFirst()
            .orElse(null);
      }
    }
    return null;
  }

  private static String name(Estate estate, DestinationRule rule) {
    ServiceKey service = estate.model().serviceOf(rule);
    return service == null ? rule.host() : Estate.text(service);
  }
}
