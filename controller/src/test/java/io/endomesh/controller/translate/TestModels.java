package io.endomesh.controller.translate;

import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Models for tests of other packages. */
public final class TestModels {

  private TestModels() {}

  /** A mesh of workloads, in which nothing was applied. */
  public static MeshModel of(List<Workload> workloads) {
    Map<ServiceKey, List<Integer>> known = new TreeMap<>();
    for (Workload workload : workloads) {
      known.putIfAbsent(
          new ServiceKey(workload.namespace(), workload.service()),
          workload.ports().stream().map(WorkloadPort::number).toList());
    }
    return new MeshModel(
        1,
        "endomesh.local",
        Catalog.EMPTY,
        ServiceDirectory.of(List.of(), workloads, known, "endomesh.local"));
  }
}
