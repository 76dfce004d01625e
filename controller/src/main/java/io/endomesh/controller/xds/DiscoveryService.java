package io.endomesh.controller.xds;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/**
 * Aggregated discovery, both forms. Who connects over TLS proves an identity of the mesh; plaintext
 * is served on the machine itself only, to gRPC's own xDS clients. Thread-safe.
 */
public final class DiscoveryService
    extends AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase {

  private final XdsServer server;
  private final String trustDomain;
  private final boolean plaintext;

  /**
   * @param plaintext whether those on this machine are served that prove nothing
   */
  public DiscoveryService(XdsServer server, String trustDomain, boolean plaintext) {
    this.server = server;
    this.trustDomain = trustDomain;
    this.plaintext = plaintext;
  }

  @Override
  public StreamObserver<DeltaDiscoveryRequest> deltaAggregatedResources(
      StreamObserver<DeltaDiscoveryResponse> responses) {
    return new DeltaStream(server, caller(), trustDomain, responses);
  }

  @Override
  public StreamObserver<DiscoveryRequest> streamAggregatedResources(
      StreamObserver<DiscoveryResponse> responses) {
    return new StateOfTheWorldStream(server, caller(), trustDomain, responses);
  }

  private @Nullable WorkloadIdentity caller() throws StatusRuntimeException {
    ServiceRequestContext request = ServiceRequestContext.current();
    WorkloadIdentity caller = CallerIdentity.provedOrLocal(request, trustDomain);
    if (caller == null && !plaintext) {
      throw Status.UNAUTHENTICATED
          .withDescription(CallerIdentity.absence(request))
          .asRuntimeException();
    }
    return caller;
  }
}
