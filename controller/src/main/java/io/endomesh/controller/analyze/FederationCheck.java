package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.FederatedBundle;
import java.util.List;

/** Trust domains whose roots cannot be fetched. */
final class FederationCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    if (!estate.live()) {
      return;
    }
    for (AppliedResource applied : estate.resources()) {
      if (applied.resource() instanceof FederatedTrustDomain domain) {
        FederatedBundle bundle = estate.model().federation().get(domain.trustDomain());
        if (bundle != null && bundle.failure() != null) {
          boolean known = !bundle.roots().isEmpty();
          findings.add(
              new Finding(
                  known ? Code.EM0604 : Code.EM0603,
                  applied.key(),
                  "spec.bundleEndpointURL",
                  "the roots of "
                      + domain.trustDomain()
                      + " cannot be fetched since "
                      + bundle.failingSince()
                      + ": "
                      + bundle.failure()
                      + (known
                          ? "; those that are known stay"
                          : "; none of its workloads is believed")));
        }
      }
    }
  }
}
