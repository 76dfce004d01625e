package io.endomesh.controller.xds;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.translate.ResourceType;
import io.endomesh.controller.translate.XdsResource;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import io.grpc.stub.StreamObserver;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * State-of-the-world discovery, as gRPC's own clients speak it: each request names all that is
 * wanted; of listeners and clusters each response holds all there is. Thread-safe.
 */
final class StateOfTheWorldStream extends AdsStream<DiscoveryResponse>
    implements StreamObserver<DiscoveryRequest> {

  /** The last nonce of each type; a request with an older one crossed a newer response. */
  private final Map<ResourceType, String> lastNonces = new EnumMap<>(ResourceType.class);

  StateOfTheWorldStream(
      XdsServer server,
      @Nullable WorkloadIdentity caller,
      String trustDomain,
      StreamObserver<DiscoveryResponse> out) {
    super(server, caller, trustDomain, out);
  }

  @Override
  public synchronized void onNext(DiscoveryRequest request) {
    if (!accept(request.getNode())) {
      return;
    }
    Subscriptions asked = subscriptions(request.getTypeUrl());
    if (asked == null) {
      return;
    }
    ResourceType type = ResourceType.of(request.getTypeUrl()).orElseThrow();
    String nonce = request.getResponseNonce();
    if (!nonce.isEmpty()) {
      if (!nonce.equals(lastNonces.get(type))) {
        return;
      }
      answered(
          type, nonce, request.hasErrorDetail() ? request.getErrorDetail().getMessage() : null);
    }
    if (asked.replace(request.getResourceNamesList())) {
      push(type, asked, type.fullState());
    }
  }

  @Override
  void push(ResourceType type, Subscriptions asked, boolean always) {
    Subscriptions.Update update = asked.update(server().view(), scope());
    if (update.isEmpty() && !always) {
      return;
    }
    List<XdsResource> resources =
        type.fullState() ? asked.all(server().view(), scope()) : update.changed();
    if (resources.isEmpty() && !type.fullState()) {
      return;
    }
    String nonce = nonce();
    lastNonces.put(type, nonce);
    DiscoveryResponse.Builder response =
        DiscoveryResponse.newBuilder()
            .setTypeUrl(type.typeUrl())
            .setVersionInfo(Long.toString(server().view().model().version()))
            .setNonce(nonce);
    resources.forEach(resource -> response.addResources(resource.body()));
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
