package io.endomesh.controller;

import com.google.rpc.Status;
import io.endomesh.controller.translate.ResourceType;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.grpc.ManagedChannel;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One incremental stream of a workload, asked and answered step by step. */
public final class DeltaClient implements AutoCloseable {

  private final StreamObserver<DeltaDiscoveryRequest> requests;
  private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();
  private @Nullable Node node;

  public DeltaClient(TestWorkload workload) {
    this(workload, workload.channel);
  }

  /** Over another connection than the workload's own. */
  public DeltaClient(TestWorkload workload, ManagedChannel channel) {
    this.node =
        Node.newBuilder()
            .setId(workload.instance)
            .setMetadata(workload.metadata())
            .setUserAgentName("endomesh")
            .build();
    this.requests =
        AggregatedDiscoveryServiceGrpc.newStub(channel)
            .deltaAggregatedResources(
                new StreamObserver<>() {
                  @Override
                  public void onNext(DeltaDiscoveryResponse response) {
                    events.add(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    events.add(error);
                  }

                  @Override
                  public void onCompleted() {
                    events.add("completed");
                  }
                });
  }

  public void subscribe(ResourceType type, String... names) {
    bring(type, Map.of(), names);
  }

  /** As after a reconnect: with the versions that are held from before. */
  public void bring(ResourceType type, Map<String, String> held, String... names) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(type.typeUrl())
            .putAllInitialResourceVersions(held)
            .addAllResourceNamesSubscribe(List.of(names)));
  }

  public void ack(DeltaDiscoveryResponse response) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce()));
  }

  public void nack(DeltaDiscoveryResponse response, String reason) {
    send(
        DeltaDiscoveryRequest.newBuilder()
            .setTypeUrl(response.getTypeUrl())
            .setResponseNonce(response.getNonce())
            .setErrorDetail(Status.newBuilder().setCode(3).setMessage(reason)));
  }

  private void send(DeltaDiscoveryRequest.Builder request) {
    if (node != null) {
      request.setNode(node);
      node = null;
    }
    requests.onNext(request.build());
  }

  public DeltaDiscoveryResponse response() throws InterruptedException {
    Object event = event();
    if (event instanceof DeltaDiscoveryResponse response) {
      return response;
    }
    throw new AssertionError("expected a response, got " + event);
  }

  /** The next response with a resource in it: just after a join the answer may still be "none". */
  public DeltaDiscoveryResponse found() throws InterruptedException {
    DeltaDiscoveryResponse response = response();
    while (response.getResourcesCount() == 0) {
      ack(response);
      response = response();
    }
    return response;
  }

  public Object event() throws InterruptedException {
    Object event = events.poll(10, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no response within 10 s");
    }
    return event;
  }

  /** Null if nothing came in that time. */
  public @Nullable Object eventWithin(long millis) throws InterruptedException {
    return events.poll(millis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    requests.onCompleted();
  }
}
