package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.MeshResource;
import java.util.List;
import java.util.function.Predicate;

/**
 * What else there is when a resource is judged. Immutable.
 *
 * @param known whether the mesh knows a service
 * @param resources all that were applied, oldest first
 */
public record Applied(
    Predicate<ServiceKey> known, ReferenceGrants grants, List<MeshResource> resources) {

  public Applied {
    resources = List.copyOf(resources);
  }

  /** Those of a kind. */
  public <T extends MeshResource> List<T> of(Class<T> type) {
    return resources.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
