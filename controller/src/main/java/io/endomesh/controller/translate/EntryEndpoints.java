package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.ServiceEntry;
import io.endomesh.controller.kinds.ServiceEntry.Location;
import io.endomesh.controller.kinds.WorkloadEntry;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.dataplane.identity.SpiffeId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The servers of one port of a ServiceEntry: those it names, or the WorkloadEntries and workloads
 * of its namespace that it selects. Stateless.
 */
final class EntryEndpoints {

  /**
   * @param address an IP address or a name
   * @param identity SPIFFE id that it proves by the mesh's TLS; null if it takes none
   */
  record Server(
      String address,
      int port,
      Map<String, String> labels,
      int weight,
      @Nullable String identity) {}

  private EntryEndpoints() {}

  /** In an order that does not depend on who came first. */
  static List<Server> of(MeshModel model, Destination.ToEntry to) {
    ServiceEntry entry = to.entry();
    List<Server> servers = new ArrayList<>();
    if (entry.selector().isEmpty() && entry.endpoints().isEmpty()) {
      // The host itself, as DNS has it.
      return List.of(
          new Server(
              to.host(),
              to.port().target(),
              Map.of(),
              1,
              federated(model, entry, ServiceEntry.Endpoint.DEFAULT_ACCOUNT)));
    }
    if (entry.selector().isEmpty()) {
      entry.endpoints().forEach(endpoint -> servers.add(server(model, to, endpoint)));
      return servers;
    }
    Map<String, Server> byAddress = new TreeMap<>();
    for (WorkloadEntry workload : model.catalog().workloadEntries()) {
      ServiceEntry.Endpoint endpoint = workload.endpoint();
      boolean usable = !endpoint.isName() || entry.resolution() == ServiceEntry.Resolution.DNS;
      if (usable
          && isOwn(entry, workload.metadata().namespace())
          && selects(entry, endpoint.labels())) {
        Server server = server(model, to, endpoint);
        byAddress.put(server.address() + ":" + server.port(), server);
      }
    }
    for (MeshService service : model.services()) {
      for (Workload workload : service.workloads()) {
        WorkloadPort port = port(workload, to.port());
        if (port != null
            && isOwn(entry, workload.namespace())
            && workload.mayServe(entry.selector())) {
          byAddress.put(
              workload.address() + ":" + port.advertised(), server(model, to, workload, port));
        }
      }
    }
    return List.copyOf(byAddress.values());
  }

  /** What its servers may prove by the mesh's TLS, sorted. Empty if none takes it. */
  static List<String> identities(MeshModel model, Destination.ToEntry to) {
    TreeSet<String> identities = new TreeSet<>();
    for (Server server : of(model, to)) {
      if (server.identity() != null) {
        identities.add(server.identity());
      }
    }
    return identities.isEmpty() || to.entry().subjectAltNames().isEmpty()
        ? List.copyOf(identities)
        : to.entry().subjectAltNames();
  }

  private static boolean isOwn(ServiceEntry entry, String namespace) {
    return entry.metadata().namespace().equals(namespace);
  }

  private static boolean selects(ServiceEntry entry, Map<String, String> labels) {
    return labels.entrySet().containsAll(entry.selector().entrySet());
  }

  private static @Nullable WorkloadPort port(Workload workload, ServiceEntry.Port port) {
    return workload.ports().stream()
        .filter(bound -> bound.number() == port.target())
        .findFirst()
        .orElse(null);
  }

  private static Server server(
      MeshModel model, Destination.ToEntry to, ServiceEntry.Endpoint endpoint) {
    ServiceEntry entry = to.entry();
    String identity = federated(model, entry, endpoint.serviceAccount());
    if (identity == null && entry.location() == Location.MESH_INTERNAL && endpoint.takesMeshTls()) {
      identity =
          SpiffeId.of(model.trustDomain(), entry.metadata().namespace(), endpoint.serviceAccount());
    }
    return new Server(
        endpoint.address(),
        endpoint.port(to.port()),
        endpoint.labels(),
        endpoint.weight(),
        identity);
  }

  /**
   * What a server of another trust domain is to prove: an entry that names ids of one is never
   * called in plaintext, whatever else it says.
   *
   * @param account tells several ids apart, by their last part
   * @return null if it names none
   */
  private static @Nullable String federated(MeshModel model, ServiceEntry entry, String account) {
    String first = null;
    for (String name : entry.subjectAltNames()) {
      if (SpiffeId.of(List.of(name)) != null
          && !SpiffeId.sameDomain(name, "spiffe://" + model.trustDomain() + "/")) {
        if (name.endsWith("/" + account)) {
          return name;
        }
        first = first == null ? name : first;
      }
    }
    return first;
  }

  /** True if its servers are of another trust domain. */
  static boolean isFederated(MeshModel model, ServiceEntry entry) {
    return federated(model, entry, ServiceEntry.Endpoint.DEFAULT_ACCOUNT) != null;
  }

  private static Server server(
      MeshModel model, Destination.ToEntry to, Workload workload, WorkloadPort port) {
    String identity =
        to.entry().location() == Location.MESH_INTERNAL
                && model.takesMeshTls(workload, port.number())
            ? SpiffeId.of(model.trustDomain(), workload.namespace(), workload.service())
            : null;
    return new Server(workload.address(), port.advertised(), workload.labels(), 1, identity);
  }
}
