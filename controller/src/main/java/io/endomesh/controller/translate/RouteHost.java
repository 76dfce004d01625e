package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.RouteResource;
import io.endomesh.controller.kinds.ServiceEntry;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a VirtualService means by a host. As in Istio a name without a dot is of its own namespace,
 * and one with dots is taken as it is: the host of a ServiceEntry, or else {@code orders.shop} is a
 * service. Immutable.
 *
 * @see <a href="https://istio.io/latest/docs/reference/config/networking/virtual-service/">Istio,
 *     VirtualService, hosts</a>
 */
public sealed interface RouteHost {

  /** A service, whether the mesh knows it or not. */
  record Service(ServiceKey key) implements RouteHost {}

  /** A host outside the mesh. */
  record External(String host, ServiceEntry entry) implements RouteHost {}

  /** No name of a service, and nobody's host. */
  record Unknown(String host) implements RouteHost {}

  /**
   * @param namespace of the VirtualService
   * @param entries the ServiceEntry that has a host, or null
   */
  static RouteHost of(
      String host, String namespace, Function<String, @Nullable ServiceEntry> entries) {
    ServiceEntry entry = entries.apply(host);
    boolean isShort = host.indexOf('.') < 0;
    if (entry != null && (!isShort || entry.metadata().namespace().equals(namespace))) {
      return new External(host, entry);
    }
    ServiceKey service = ServiceKey.ofHost(host, namespace);
    return service == null ? new Unknown(host) : new Service(service);
  }

  /** Where a rule leads: of Gateway API's routes always a service. */
  static RouteHost of(
      RouteResource.Backend backend, Function<String, @Nullable ServiceEntry> entries) {
    String host = backend.host();
    return host == null
        ? new Service(new ServiceKey(backend.namespace(), backend.service()))
        : of(host, backend.namespace(), entries);
  }
}
