package io.endomesh.controller.kinds;

/**
 * A WorkloadEntry of Istio, networking.istio.io/v1: a server that has no agent. ServiceEntries
 * select it by the labels of its spec. Immutable.
 */
public record WorkloadEntry(Metadata metadata, ServiceEntry.Endpoint endpoint)
    implements MeshResource {

  static WorkloadEntry read(Metadata metadata, Fields spec) {
    return new WorkloadEntry(metadata, ServiceEntry.Endpoint.read(spec));
  }
}
