package io.endomesh.controller.authz;

import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.MeshService;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whose servers a PeerAuthentication is for: all, those of a namespace, or those of one service.
 * Immutable.
 *
 * @param namespace {@link MeshModel#MESH_NAMESPACE} for all
 * @param name of the service, null for the whole namespace
 * @param selector labels of the service's workloads; empty without one
 */
record MtlsScope(String namespace, @Nullable String name, Map<String, String> selector) {

  private static final String MESH = "mesh";

  /**
   * @param text {@code mesh}, {@code shop} or {@code shop/orders}
   * @throws IllegalArgumentException if there is nothing of that name
   */
  static MtlsScope of(String text, MeshModel model) {
    if (text.equals(MESH)) {
      return new MtlsScope(MeshModel.MESH_NAMESPACE, null, Map.of());
    }
    int slash = text.indexOf('/');
    String namespace = slash < 0 ? text : text.substring(0, slash);
    String name = slash < 0 ? null : text.substring(slash + 1);
    for (MeshService service : model.services()) {
      if (service.key().namespace().equals(namespace)) {
        if (name == null) {
          return new MtlsScope(namespace, null, Map.of());
        }
        if (service.key().name().equals(name)) {
          return new MtlsScope(namespace, name, service.selector());
        }
      }
    }
    throw new IllegalArgumentException(
        "scope: '"
            + text
            + "' (expected: mesh, the namespace of a service, or a service as in shop/orders)");
  }
}
