package io.endomesh.controller.translate;

import io.endomesh.controller.kinds.KeySource;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadPort;
import io.endomesh.dataplane.Protocol;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Models for tests of other packages. */
public final class TestModels {

  private TestModels() {}

  /** A mesh of workloads, in which nothing was applied. */
  public static MeshModel of(List<Workload> workloads) {
    return of(workloads, Map.of());
  }

  /**
   * @param keys that are known of issuers
   */
  public static MeshModel of(List<Workload> workloads, Map<KeySource, FetchedKeys> keys) {
    return of(workloads, keys, Map.of());
  }

  /**
   * @param federation what is known of other trust domains
   */
  public static MeshModel of(
      List<Workload> workloads,
      Map<KeySource, FetchedKeys> keys,
      Map<String, FederatedBundle> federation) {
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
        workloads,
        known,
        true,
        keys,
        federation,
        Map.of(),
        List.of());
  }

  /**
   * One that joined at the beginning of time, on one machine with all others.
   *
   * @param service {@code shop/orders}
   * @param labels without that of the service
   */
  public static Workload workload(String service, Map<String, String> labels, int port) {
    return workload(service, labels, Map.of(), port);
  }

  /** One whose join token gave it labels. */
  public static Workload given(String service, Map<String, String> labels, int port) {
    return workload(service, labels, labels, port);
  }

  private static Workload workload(
      String service, Map<String, String> labels, Map<String, String> given, int port) {
    String[] name = service.split("/");
    Map<String, String> all = new HashMap<>(labels);
    all.put("app", name[1]);
    return new Workload(
        name[0],
        name[1],
        name[1] + "-" + port,
        all,
        all,
        given,
        "10.0.0.1",
        List.of(new WorkloadPort(port, Protocol.HTTP, port)),
        new Workload.Agent("1", "17", "Main", 1),
        Instant.EPOCH,
        Instant.EPOCH,
        null,
        new Workload.Health(0, 0, 0, null, List.of()));
  }
}
