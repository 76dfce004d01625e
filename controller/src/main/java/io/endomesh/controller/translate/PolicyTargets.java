package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.Kind;
import java.util.List;
import java.util.Map;

/** Which workloads a policy is for that names services (GEP-713). Stateless. */
final class PolicyTargets {

  private PolicyTargets() {}

  /**
   * True if the workload is one of a service that the policy names. A service that the mesh does
   * not know yet is the one its first workload will make: its rules must be in force before it is
   * called.
   *
   * @param namespace of the policy and of the services
   */
  static boolean include(Scope workload, MeshModel model, String namespace, List<String> services) {
    return workload.namespace().equals(namespace)
        && services.stream().anyMatch(name -> selects(model, namespace, name, workload));
  }

  private static boolean selects(MeshModel model, String namespace, String name, Scope workload) {
    if (model.catalog().isUnreadable(Kind.SERVICE, namespace, name)) {
      // Whom it selects nobody knows: the policy is for all that it may be for.
      return true;
    }
    MeshService service = model.service(new ServiceKey(namespace, name));
    Map<String, String> selector = service == null ? Map.of("app", name) : service.selector();
    return workload.labels().entrySet().containsAll(selector.entrySet());
  }
}
