package io.endomesh.controller.kinds;

import java.util.List;
import java.util.Map;

/** A v1 Service: a name for the workloads that carry certain labels. Immutable. */
public record ServiceResource(Metadata metadata, Map<String, String> selector, List<Port> ports)
    implements MeshResource {

  /**
   * @param target that workloads bind
   */
  public record Port(int number, int target) {}

  public ServiceResource {
    selector = Map.copyOf(selector);
    ports = List.copyOf(ports);
  }

  static ServiceResource read(Metadata metadata, Fields spec) {
    Map<String, String> selector = spec.stringMap("selector");
    if (selector.isEmpty()) {
      throw spec.invalid(
          "selector", "absent (expected: labels, such as app: " + metadata.name() + ")");
    }
    List<Port> ports = spec.objects("ports", ServiceResource::port);
    for (int i = 0; i < ports.size(); i++) {
      for (int j = 0; j < i; j++) {
        if (ports.get(i).number() == ports.get(j).number()) {
          throw spec.invalid(
              "ports[" + i + "].port", ports.get(i).number() + " (expected: each port once)");
        }
      }
    }
    spec.skipped(
        "clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy");
    spec.ignored("type", "sessionAffinity", "publishNotReadyAddresses", "trafficDistribution");
    spec.unsupported("externalName");
    return new ServiceResource(metadata, selector, ports);
  }

  private static Port port(Fields fields) {
    int number = fields.integer("port", 1, 65535);
    // Named target ports have no names to refer to outside Kubernetes.
    int target = fields.integer("targetPort", 1, 65535, number);
    fields.skipped("name", "protocol", "appProtocol", "nodePort");
    return new Port(number, target);
  }
}
