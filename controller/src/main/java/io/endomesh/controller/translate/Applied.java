package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.ServiceEntry;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

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

  /** The oldest that has a host; null if none has. */
  @Nullable ServiceEntry serviceEntry(String host) {
    return of(ServiceEntry.class).stream()
        .filter(entry -> entry.hosts().contains(host))
        .findFirst()
        .orElse(null);
  }

  /** Those of a kind. */
  public <T extends MeshResource> List<T> of(Class<T> type) {
    return resources.stream().filter(type::isInstance).map(type::cast).toList();
  }
}
