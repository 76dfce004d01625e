package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.ServiceResource;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.dataplane.identity.SpiffeId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes services of v1 Services, live workloads and remembered ones. Stateless. */
final class ServiceDirectory {

  private ServiceDirectory() {}

  /**
   * @param known services that workloads made, with their ports; some may have no workload left
   */
  static SortedMap<ServiceKey, MeshService> of(
      List<ServiceResource> declared,
      List<Workload> workloads,
      Map<ServiceKey, List<Integer>> known,
      String trustDomain) {
    Map<String, List<Workload>> byNamespace = new HashMap<>();
    for (Workload workload : workloads) {
      byNamespace.computeIfAbsent(workload.namespace(), n -> new ArrayList<>()).add(workload);
    }
    SortedMap<ServiceKey, MeshService> services = new TreeMap<>();
    known.forEach(
        (key, ports) ->
            services.put(
                key,
                service(
                    key,
                    false,
                    Map.of("app", key.name()),
                    ports.stream().map(port -> new ServicePort(port, port)).toList(),
                    byNamespace.getOrDefault(key.namespace(), List.of()),
                    trustDomain)));
    for (ServiceResource resource : declared) {
      ServiceKey key = new ServiceKey(resource.metadata().namespace(), resource.metadata().name());
      List<Workload> candidates = byNamespace.getOrDefault(key.namespace(), List.of());
      services.put(
          key,
          service(
              key,
              true,
              resource.selector(),
              ports(key, resource, candidates, known),
              candidates,
              trustDomain));
    }
    return services;
  }

  private static MeshService service(
      ServiceKey key,
      boolean declared,
      Map<String, String> selector,
      List<ServicePort> ports,
      List<Workload> candidates,
      String trustDomain) {
    List<Workload> selected = new ArrayList<>();
    TreeSet<String> identities = new TreeSet<>();
    // Known before the first workload comes, so that clusters do not change when it does.
    String app = selector.get("app");
    if (app != null) {
      identities.add(SpiffeId.of(trustDomain, key.namespace(), app));
    }
    for (Workload workload : candidates) {
      if (serves(key, selector, workload)) {
        selected.add(workload);
        identities.add(SpiffeId.of(trustDomain, workload.namespace(), workload.service()));
      }
    }
    return new MeshService(key, declared, selector, ports, selected, List.copyOf(identities));
  }

  /**
   * Callers believe in the identities of those that serve. So a workload of another service needs
   * labels that somebody vouches for; those of the service itself are believed anyway.
   */
  private static boolean serves(ServiceKey key, Map<String, String> selector, Workload workload) {
    return key.name().equals(workload.service())
        ? workload.carries(selector)
        : workload.mayServe(selector);
  }

  /**
   * A Service that names no ports has those of the service its selector names, or of a workload.
   */
  private static List<ServicePort> ports(
      ServiceKey key,
      ServiceResource resource,
      List<Workload> candidates,
      Map<ServiceKey, List<Integer>> known) {
    if (!resource.ports().isEmpty()) {
      return resource.ports().stream()
          .map(port -> new ServicePort(port.number(), port.target()))
          .toList();
    }
    String app = resource.selector().getOrDefault("app", key.name());
    List<Integer> numbers = known.get(new ServiceKey(key.namespace(), app));
    if (numbers == null || numbers.isEmpty()) {
      numbers =
          candidates.stream()
              .filter(w -> serves(key, resource.selector(), w))
              .filter(w -> !w.ports().isEmpty())
              .findFirst()
              .map(w -> w.ports().stream().map(WorkloadPort::number).toList())
              .orElse(List.of());
    }
    return numbers.stream().map(port -> new ServicePort(port, port)).toList();
  }
}
