package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.Sidecar;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which Sidecar is in force for a workload, as in Istio: one that selects it, else that of its
 * namespace, else that of the whole mesh. Exactly one counts, whole. Immutable.
 */
final class Sidecars {

  /** Those for the whole mesh are there, as in Istio's root namespace. */
  static final String MESH_NAMESPACE = PeerAuthenticationTranslator.MESH_NAMESPACE;

  private final List<Sidecar> sidecars;

  /**
   * @param sidecars oldest first; of two for the same workloads the older is in force
   */
  Sidecars(List<Sidecar> sidecars) {
    this.sidecars = sidecars;
  }

  /** Null if nothing restricts the workload. */
  @Nullable Sidecar of(Scope scope) {
    Sidecar ofNamespace = null;
    Sidecar ofMesh = null;
    for (Sidecar sidecar : sidecars) {
      String namespace = sidecar.metadata().namespace();
      boolean own = namespace.equals(scope.namespace());
      if (!sidecar.selector().isEmpty()) {
        if (own && selects(sidecar.selector(), scope.labels())) {
          return sidecar;
        }
      } else if (own && ofNamespace == null) {
        ofNamespace = sidecar;
      } else if (ofMesh == null && namespace.equals(MESH_NAMESPACE)) {
        ofMesh = sidecar;
      }
    }
    return ofNamespace == null ? ofMesh : ofNamespace;
  }

  /** The one that is in force for the very same workloads instead; null if this one is. */
  @Nullable Sidecar insteadOf(Sidecar sidecar) {
    for (Sidecar other : sidecars) {
      if (other.metadata().namespace().equals(sidecar.metadata().namespace())
          && other.selector().equals(sidecar.selector())) {
        return other.metadata().name().equals(sidecar.metadata().name()) ? null : other;
      }
    }
    return null;
  }

  private static boolean selects(Map<String, String> selector, Map<String, String> labels) {
    return labels.entrySet().containsAll(selector.entrySet());
  }
}
