package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.ServiceKey;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Callers that policies name, and whether there can be such. */
final class CallersCheck implements Check {

  /** A principal as Istio writes it, without wildcards. */
  private static final Pattern PRINCIPAL = Pattern.compile("[^/*]+/ns/([^/*]+)/sa/([^/*]+)");

  @Override
  public void look(Estate estate, List<Finding> findings) {
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof AuthorizationPolicy policy) {
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
        }
      }
    }
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
      if (parts.matches() && !estate.knows(new ServiceKey(parts.group(1), parts.group(2)))) {
        findings.add(
            new Finding(
                Code.EM0501,
                applied.key(),
                field + ".principals",
                "'"
                    + principal
                    + "' (expected: an identity of a service that joined or is declared)"));
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
