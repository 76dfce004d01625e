package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.Sidecar;
import io.endomesh.controller.kinds.Sidecar.EgressHost;
import io.endomesh.controller.registry.Workload;
import io.netty.util.NetUtil;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What REGISTRY_ONLY lets be called: services and ServiceEntries, as far as the egress hosts of a
 * Sidecar name them. Stateless.
 */
final class Registry {

  private Registry() {}

  /**
   * True if workloads under this Sidecar may call what an authority means.
   *
   * @param namespace of the client, for names without one
   */
  static boolean holds(MeshModel model, Sidecar sidecar, String authority, String namespace) {
    Authority asked = Authority.of(authority);
    ServiceEntry entry = model.serviceEntry(asked.host());
    if (entry != null) {
      return permits(sidecar, entry.metadata().namespace(), asked.host());
    }
    if (asked.isAddress()) {
      return ofEntry(model, sidecar, asked) || ofWorkload(model, sidecar, asked);
    }
    ServiceKey key = ServiceKey.ofHost(asked.host(), namespace);
    return key != null && model.service(key) != null && permits(sidecar, key);
  }

  /** True if the egress hosts name this service, by any of its names. */
  static boolean permits(Sidecar sidecar, ServiceKey key) {
    for (EgressHost egress : sidecar.egress()) {
      if (permits(egress, key.namespace(), key + ".svc.cluster.local")
          || permits(egress, key.namespace(), key.toString())
          || permits(egress, key.namespace(), key.name())) {
        return true;
      }
    }
    return false;
  }

  /** True if the egress hosts name this external host. */
  static boolean permits(Sidecar sidecar, String namespace, String host) {
    return sidecar.egress().stream().anyMatch(egress -> permits(egress, namespace, host));
  }

  private static boolean permits(EgressHost egress, String namespace, String host) {
    String named = egress.host();
    return (egress.namespace() == null || egress.namespace().equals(namespace))
        && (named == null
            || named.equals(host)
            || named.startsWith("*.") && host.endsWith(named.substring(1)));
  }

  private static boolean ofEntry(MeshModel model, Sidecar sidecar, Authority asked) {
    for (ServiceEntry entry : model.catalog().serviceEntries()) {
      String namespace = entry.metadata().namespace();
      if (entry.hosts().stream().noneMatch(host -> permits(sidecar, namespace, host))) {
        continue;
      }
      for (ServiceEntry.Port port : entry.ports()) {
        if (asked.isPort(port.number()) && entry.hasAddress(asked.host())) {
          return true;
        }
        for (EntryEndpoints.Server server :
            EntryEndpoints.of(model, new Destination.ToEntry(entry, entry.hosts().get(0), port))) {
          if (server.address().equals(asked.host()) && asked.isPort(server.port())) {
            return true;
          }
        }
      }
    }
    return false;
  }

  private static boolean ofWorkload(MeshModel model, Sidecar sidecar, Authority asked) {
    for (MeshService service : model.services()) {
      for (Workload workload : service.workloads()) {
        if (workload.address().equals(asked.host())
            && workload.ports().stream().anyMatch(port -> asked.isPort(port.advertised()))
            && permits(sidecar, service.key())) {
          return true;
        }
      }
    }
    return false;
  }

  /**
   * @param port null if none was written
   */
  private record Authority(String host, @Nullable Integer port) {

    static Authority of(String authority) {
      int colon = authority.lastIndexOf(':');
      boolean bare = authority.indexOf(':') != colon && !authority.startsWith("[");
      String host =
          colon < 0 || bare || authority.endsWith("]") ? authority : authority.substring(0, colon);
      String number = host.length() == authority.length() ? "" : authority.substring(colon + 1);
      return new Authority(
          (host.startsWith("[") ? host.substring(1, host.length() - 1) : host)
              .toLowerCase(Locale.ROOT),
          number.matches("[0-9]{1,5}") ? Integer.valueOf(number) : null);
    }

    boolean isAddress() {
      return NetUtil.isValidIpV4Address(host) || NetUtil.isValidIpV6Address(host);
    }

    boolean isPort(int number) {
      return port == null || port == number;
    }
  }
}
