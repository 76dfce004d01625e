package io.endomesh.controller.analyze;

import io.endomesh.controller.telemetry.Edge;
import io.endomesh.controller.translate.AppliedResource;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.ServiceKey;
import io.endomesh.controller.xds.SyncStatus;
import java.util.List;

/**
 * What is analyzed. Immutable.
 *
 * @param resources of the model, oldest first
 * @param live false if the model knows no workloads because none was asked for: what needs them is
 *     not looked for
 * @param traffic that was seen; empty if none is known
 * @param nodes what workloads took of their configuration; empty if none is known
 */
record Estate(
    MeshModel model,
    List<AppliedResource> resources,
    boolean live,
    List<Edge> traffic,
    List<SyncStatus.Node> nodes) {

  Estate {
    resources = List.copyOf(resources);
    traffic = List.copyOf(traffic);
    nodes = List.copyOf(nodes);
  }

  boolean knows(ServiceKey service) {
    return model.service(service) != null;
  }

  /** {@code shop/orders}. */
  static String text(ServiceKey service) {
    return service.namespace() + "/" + service.name();
  }
}
