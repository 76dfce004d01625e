package io.endomesh.controller.xds;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.translate.ResourceType;
import io.endomesh.controller.translate.XdsResource;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.discovery.v3.Resource;
import io.grpc.stub.StreamObserver;
import org.jspecify.annotations.Nullable;

/** Incremental discovery: only what changed, and what does not exist by name. Thread-safe. */
final class DeltaStream extends AdsStream<DeltaDiscoveryResponse>
    implements StreamObserver<DeltaDiscoveryRequest> {

  DeltaStream(
      XdsServer server,
      @Nullable WorkloadIdentity caller,
      String trustDomain,
      StreamObserver<DeltaDiscoveryResponse> out) {
    super(server, caller, trustDomain, out);
  }

  @Override
  public synchronized void onNext(DeltaDiscoveryRequest request) {
    if (!accept(request.getNode())) {
      return;
    }
    Subscriptions asked = subscriptions(request.getTypeUrl());
    if (asked == null) {
      return;
    }
    ResourceType type = ResourceType.of(request.getTypeUrl()).orElseThrow();
    if (!request.getResponseNonce().isEmpty()) {
      answered(
          type,
          request.getResponseNonce(),
          request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null);
    }
    asked.subscribe(request.getResourceNamesSubscribeList());
    asked.bring(request.getInitialResourceVersionsMap());
    asked.unsubscribe(request.getResourceNamesUnsubscribeList());
    if (request.getResourceNamesSubscribeCount() > 0) {
      push(type, asked, false);
    }
  }

  @Override
  void push(ResourceType type, Subscriptions asked, boolean always) {
    Subscriptions.Update update = asked.update(server().view(), scope());
    if (update.isEmpty() && !always) {
      return;
    }
    DeltaDiscoveryResponse.Builder response =
        DeltaDiscoveryResponse.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setSystemVersionInfo(Long.toString(server().view().model().version()))
            .setNonce(nonce())
            .addAllRemovedResources(update.removed());
    for (XdsResource resource : update.changed()) {
      response.addResources(
          Resource.newBuilder()
              .setName(resource.name())
              .setVersion(resource.version())
              .setResource(resource.body()));
    }
    send(response.build());
  }

  @Override
  public void onError(Throwable error) {
    broken();
  }

  @Override
  public void onCompleted() {
    end(null);
  }
}
