package io.endomesh.controller.translate;

import io.endomesh.controller.registry.Workload;
import java.util.List;
import java.util.Map;

/**
 * One service: declared by a v1 Service, or there because a workload registered it. Immutable.
 *
 * @param declared whether a v1 Service exists
 * @param selector labels that its workloads carry
 * @param ports the first is the primary one; empty until a server has bound a port
 * @param workloads of its namespace that the selector matches, longest known first
 * @param identities SPIFFE ids its workloads prove, sorted
 */
public record MeshService(
    ServiceKey key,
    boolean declared,
    Map<String, String> selector,
    List<ServicePort> ports,
    List<Workload> workloads,
    List<String> identities) {

  public MeshService {
    selector = Map.copyOf(selector);
    ports = List.copyOf(ports);
    workloads = List.copyOf(workloads);
    identities = List.copyOf(identities);
  }

  /**
   * The port a call is for: the one of that number; otherwise (80, 443, none, unknown) the primary
   * one.
   *
   * @return index into {@link #ports}
   */
  public int portIndex(int number) {
    for (int i = 0; i < ports.size(); i++) {
      if (ports.get(i).number() == number) {
        return i;
      }
    }
    return 0;
  }

  /** Place of a port's target among the targets; two ports may lead to one. */
  int targetPlace(ServicePort port) {
    return ports.stream().map(ServicePort::target).distinct().toList().indexOf(port.target());
  }
}
