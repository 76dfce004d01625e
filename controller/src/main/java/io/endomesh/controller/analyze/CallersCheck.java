package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.kinds.TrafficTarget;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.CallerLabels;
import io.endomesh.controller.translate.ServiceKey;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Callers that policies name, and whether there can be such. */
final class CallersCheck implements Check {

  /** A principal as Istio writes it, without wildcards. */
  private static final Pattern PRINCIPAL =
      Pattern.compile("(?:spiffe://)?([^/*]+)/ns/([^/*]+)/sa/([^/*]+)");

  @Override
  public void look(Estate estate, List<Finding> findings) {
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof DepartmentPolicy departments) {
        DepartmentsCheck.look(estate, applied, departments, findings);
      }
      if (applied.resource() instanceof TrafficTarget target) {
        target(estate, applied, target, findings);
      }
      if (applied.resource() instanceof AuthorizationPolicy policy) {
        if (policy.provider() != null && !estate.model().hasProvider(policy)) {
          findings.add(
              new Finding(
                  Code.EM0506,
                  applied.key(),
                  "spec.provider",
                  "no ExtAuthzProvider "
                      + policy.provider()
                      + " in namespace "
                      + policy.metadata().namespace()
                      + " or endomesh-system; what the policy matches is refused"));
        }
        for (int i = 0; i < policy.rules().size(); i++) {
          AuthorizationPolicy.Rule rule = policy.rules().get(i);
          for (int j = 0; j < rule.from().size(); j++) {
            source(
                estate,
                applied,
                policy,
                "spec.rules[" + i + "].from[" + j + "].source",
                rule.from().get(j),
                findings);
          }
          for (int j = 0; estate.live() && j < rule.when().size(); j++) {
            label(
                estate,
                applied,
                "spec.rules[" + i + "].when[" + j + "]",
                rule.when().get(j),
                findings);
          }
        }
      }
    }
  }

  private static void target(
      Estate estate, AppliedResource applied, TrafficTarget target, List<Finding> findings) {
    for (int i = 0; i < target.sources().size(); i++) {
      TrafficTarget.Source source = target.sources().get(i);
      if (!estate.knows(new ServiceKey(source.namespace(), source.service()))) {
        findings.add(
            new Finding(
                Code.EM0501,
                applied.key(),
                "spec.sources[" + i + "]",
                "no service "
                    + source.namespace()
                    + "/"
                    + source.service()
                    + " (expected: one that joined or is declared)"));
      }
    }
    for (int i = 0; i < target.rules().size(); i++) {
      String missing = estate.model().trafficTargets().missing(target, target.rules().get(i));
      if (missing != null) {
        findings.add(
            new Finding(
                Code.EM0505,
                applied.key(),
                "spec.rules[" + i + "]",
                missing + "; the rule permits nothing"));
      }
    }
  }

  private static void label(
      Estate estate,
      AppliedResource applied,
      String field,
      AuthorizationPolicy.When asked,
      List<Finding> findings) {
    if (!asked.key().startsWith(AuthorizationPolicy.WHEN_LABEL) || asked.values().in().isEmpty()) {
      return;
    }
    CallerLabels labels = estate.model().callerLabels();
    for (ServiceKey caller : labels.divided(asked)) {
      findings.add(
          new Finding(
              Code.EM0507,
              applied.key(),
              field,
              "of the workloads of "
                  + Estate.text(caller)
                  + " some were given it by their join tokens, and others not (expected: all);"
                  + " nobody is let in by it"));
    }
    if (!labels.isGiven(asked)) {
      findings.add(
          new Finding(
              Code.EM0508,
              applied.key(),
              field,
              "no workload was given " + asked.key() + " with such a value by its join token"));
    }
  }

  /** Of other trust domains it is not known what is there. */
  private static boolean isKnown(Estate estate, Matcher principal) {
    return estate.model().federated(principal.group(1)) != null
        || estate.knows(new ServiceKey(principal.group(2), principal.group(3)));
  }

  private static void source(
      Estate estate,
      AppliedResource applied,
      AuthorizationPolicy policy,
      String field,
      AuthorizationPolicy.Source source,
      List<Finding> findings) {
    for (String principal : source.principals().in()) {
      Matcher parts = PRINCIPAL.matcher(principal);
      if (parts.matches() && !isKnown(estate, parts)) {
        findings.add(
            new Finding(
                Code.EM0501,
                applied.key(),
                field + ".principals",
                "'"
                    + principal
                    + "' (expected: an identity of a service that joined or is declared, or of a"
                    + " federated trust domain)"));
      }
    }
    boolean asksForIdentity =
        !source.principals().in().isEmpty()
            || !source.namespaces().in().isEmpty()
            || !source.serviceAccounts().in().isEmpty();
    if (asksForIdentity
        && estate.model().mtlsMode(policy.metadata().namespace(), policy.selector())
            == PeerAuthentication.Mode.DISABLE) {
      findings.add(
          new Finding(
              Code.EM0502,
              applied.key(),
              field,
              "asks who calls, where a PeerAuthentication switches mutual TLS off (expected:"
                  + " PERMISSIVE or STRICT); it never matches"));
    }
  }
}
