package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.registry.Workload;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Models of what is not applied, or not yet. Stateless. */
public final class Drafts {

  private Drafts() {}

  /** The model that would be if these were applied now. */
  public static MeshModel over(MeshModel now, List<ParsedResource> drafts) {
    Set<Workload> workloads = new LinkedHashSet<>();
    SortedMap<ServiceKey, List<Integer>> known = new TreeMap<>();
    for (MeshService service : now.services()) {
      workloads.addAll(service.workloads());
      known.put(service.key(), service.ports().stream().map(ServicePort::number).toList());
    }
    Catalog catalog = now.catalog().with(drafts);
    return new MeshModel(
        now.version(),
        now.trustDomain(),
        catalog,
        ServiceDirectory.of(catalog.services(), List.copyOf(workloads), known, now.trustDomain()));
  }

  /** A mesh of these alone, in which nobody has joined. */
  public static MeshModel alone(List<ParsedResource> resources, String trustDomain) {
    Catalog catalog = Catalog.EMPTY.with(resources);
    return new MeshModel(
        0,
        trustDomain,
        catalog,
        ServiceDirectory.of(catalog.services(), List.of(), Map.of(), trustDomain));
  }
}
