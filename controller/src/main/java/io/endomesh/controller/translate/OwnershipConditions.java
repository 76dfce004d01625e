package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.BackendTlsPolicy;
import io.endomesh.controller.kinds.FederatedTrustDomain;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.Sidecar;
import io.endomesh.controller.translate.RouteConditions.Condition;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether a resource is in force that only one of its kind can be: an older one keeps its place.
 * Stateless.
 */
public final class OwnershipConditions {

  private OwnershipConditions() {}

  /** Empty for kinds of which any number are in force. */
  public static List<Condition> of(MeshResource resource, MeshModel model) {
    if (resource instanceof Sidecar sidecar) {
      Sidecar other = model.sidecars().insteadOf(sidecar);
      return List.of(
          other == null
              ? accepted()
              : conflicted(
                  "workloadSelector: older Sidecar "
                      + text(other)
                      + " is for the same workloads (expected: one); this one has no effect"));
    }
    if (resource instanceof FederatedTrustDomain domain) {
      return of(domain, model);
    }
    if (resource instanceof ServiceEntry entry) {
      return List.of(of(entry, model));
    }
    return resource instanceof BackendTlsPolicy policy ? List.of(of(policy, model)) : List.of();
  }

  private static List<Condition> of(FederatedTrustDomain domain, MeshModel model) {
    String name = domain.trustDomain();
    FederatedTrustDomain other = model.federated(name);
    if (name.equals(model.trustDomain())) {
      return List.of(
          conflicted(
              "trustDomain: '"
                  + name
                  + "' (expected: another than that of this mesh); this one has no effect"));
    }
    if (other != null && !text(other).equals(text(domain))) {
      return List.of(
          conflicted(
              "trustDomain: older ClusterFederatedTrustDomain "
                  + text(other)
                  + " is for "
                  + name
                  + " (expected: one); this one has no effect"));
    }
    FederatedBundle known = model.federation().get(name);
    if (known == null) {
      return List.of(accepted());
    }
    String failure = known.failure();
    return List.of(
        accepted(),
        failure == null
            ? new Condition("BundleFetched", true, "Fetched", "")
            : new Condition(
                "BundleFetched",
                false,
                "FetchFailed",
                "bundleEndpointURL: " + failure + ", since " + known.failingSince()));
  }

  private static Condition of(BackendTlsPolicy policy, MeshModel model) {
    for (BackendTlsPolicy.Target target : policy.targets()) {
      BackendTlsPolicy other = model.upstreamTls().insteadOf(policy, target);
      if (other != null) {
        return conflicted(
            "targetRefs: older BackendTLSPolicy "
                + text(other)
                + " is for "
                + target.kind()
                + " "
                + target.name()
                + " (expected: one); this one has no effect there");
      }
      if (!exists(model, policy.metadata().namespace(), target)) {
        return new Condition(
            "Accepted",
            false,
            "TargetNotFound",
            "targetRefs: no "
                + target.kind()
                + " "
                + policy.metadata().namespace()
                + "/"
                + target.name()
                + "; it has no effect until there is one");
      }
    }
    return accepted();
  }

  private static boolean exists(MeshModel model, String namespace, BackendTlsPolicy.Target target) {
    return target.kind().equals(BackendTlsPolicy.SERVICE_ENTRY)
        ? model.catalog().serviceEntries().stream()
            .anyMatch(entry -> text(entry).equals(namespace + "/" + target.name()))
        : model.service(new ServiceKey(namespace, target.name())) != null;
  }

  private static Condition of(ServiceEntry entry, MeshModel model) {
    List<String> taken = new ArrayList<>();
    for (String host : entry.hosts()) {
      ServiceEntry other = model.serviceEntry(host);
      if (other != null && !text(other).equals(text(entry))) {
        taken.add(host + " (" + text(other) + ")");
      }
    }
    return taken.isEmpty()
        ? accepted()
        : conflicted(
            "hosts: an older ServiceEntry has "
                + String.join(", ", taken)
                + " (expected: one for each host); this one has no effect there");
  }

  private static Condition accepted() {
    return new Condition("Accepted", true, "Accepted", "");
  }

  private static Condition conflicted(String message) {
    return new Condition("Accepted", false, "Conflicted", message);
  }

  private static String text(MeshResource resource) {
    return resource.metadata().namespace() + "/" + resource.metadata().name();
  }
}
