package io.endomesh.controller.analyze;

import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.InboundPolicy;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.kinds.RequestAuthentication;
import io.endomesh.controller.translate.AppliedResource;
import java.util.List;
import java.util.Map;

/** Policies for workloads that are not there. */
final class SelectorsCheck implements Check {

  @Override
  public void look(Estate estate, List<Finding> findings) {
    if (!estate.live()) {
      return;
    }
    for (AppliedResource applied : estate.resources()) {
      Map<String, String> selector = selector(applied.resource());
      if (!selector.isEmpty() && !selectsAnybody(estate, applied, selector)) {
        findings.add(
            new Finding(
                Code.EM0106,
                applied.key(),
                "spec.selector",
                selector
                    + " (expected: labels of a workload of namespace "
                    + applied.key().namespace()
                    + "); nobody obeys it"));
      }
    }
  }

  private static Map<String, String> selector(MeshResource resource) {
    if (resource instanceof AuthorizationPolicy policy) {
      return policy.selector();
    }
    if (resource instanceof InboundPolicy policy) {
      return policy.selector();
    }
    if (resource instanceof RequestAuthentication policy) {
      return policy.selector();
    }
    return resource instanceof PeerAuthentication policy ? policy.selector() : Map.of();
  }

  private static boolean selectsAnybody(
      Estate estate, AppliedResource applied, Map<String, String> selector) {
    return estate.model().services().stream()
        .filter(service -> service.key().namespace().equals(applied.key().namespace()))
        .flatMap(service -> service.workloads().stream())
        .anyMatch(workload -> workload.labels().entrySet().containsAll(selector.entrySet()));
  }
}
