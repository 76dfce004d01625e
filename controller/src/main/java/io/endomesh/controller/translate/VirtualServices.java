package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.VirtualService;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The VirtualServices of the mesh, and which of them counts for a caller: the oldest of its own
 * namespace that is for the host, else the oldest of the namespace that has the service or the
 * ServiceEntry (GEP-1324, consumer and producer routes). Immutable.
 */
final class VirtualServices {

  private final List<VirtualService> all;
  private final Function<String, @Nullable ServiceEntry> entries;

  /**
   * @param all oldest first
   * @param entries the ServiceEntry that has a host, or null
   */
  VirtualServices(List<VirtualService> all, Function<String, @Nullable ServiceEntry> entries) {
    this.all = List.copyOf(all);
    this.entries = entries;
  }

  Stream<VirtualService> stream() {
    return all.stream();
  }

  /** Those for a destination, oldest first, whether they count or not. */
  List<VirtualService> naming(Destination to) {
    return to instanceof Destination.ToEntry entry
        ? naming(new RouteHost.External(entry.host(), entry.entry()))
        : naming(new RouteHost.Service(((Destination.ToService) to).service().key()));
  }

  /** Routes of Gateway API count before it. */
  @Nullable VirtualService of(Destination to, String clientNamespace) {
    return first(naming(to), clientNamespace, to.namespace());
  }

  @Nullable VirtualService of(ServiceEntry entry, String host, String clientNamespace) {
    return first(
        naming(new RouteHost.External(host, entry)), clientNamespace, entry.metadata().namespace());
  }

  private List<VirtualService> naming(RouteHost wanted) {
    return all.stream()
        .filter(
            virtual ->
                virtual.hosts().stream()
                    .anyMatch(
                        host ->
                            wanted.equals(
                                RouteHost.of(host, virtual.metadata().namespace(), entries))))
        .toList();
  }

  private static @Nullable VirtualService first(
      List<VirtualService> naming, String clientNamespace, String ownerNamespace) {
    VirtualService ofOwner = null;
    for (VirtualService virtual : naming) {
      String namespace = virtual.metadata().namespace();
      if (namespace.equals(clientNamespace)) {
        return virtual;
      }
      if (ofOwner == null && namespace.equals(ownerNamespace)) {
        ofOwner = virtual;
      }
    }
    return ofOwner;
  }
}
