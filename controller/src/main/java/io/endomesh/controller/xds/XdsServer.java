package io.endomesh.controller.xds;

import io.endomesh.controller.ca.Bundle;
import io.endomesh.controller.registry.Workload;
import io.endomesh.controller.registry.WorkloadRegistry;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.XdsView;
import io.grpc.Status;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connected xDS clients and the view of the mesh they are served from. A new model is pushed to
 * each of them, as far as it changes what that client asked for. Thread-safe.
 */
public final class XdsServer implements SyncStatus {

  private static final Logger log = LoggerFactory.getLogger(XdsServer.class);

  private final WorkloadRegistry registry;
  private final Supplier<Bundle> bundle;
  private final Clock clock;
  private final Set<AdsStream<?>> streams = ConcurrentHashMap.newKeySet();

  private final LongAdder sent = new LongAdder();
  private final LongAdder acknowledged = new LongAdder();
  private final LongAdder rejected = new LongAdder();

  private volatile XdsView view;

  /** Responses so far, to all clients. Immutable. */
  public record Counts(long sent, long acknowledged, long rejected) {}

  /**
   * @param bundle whose word is taken now
   */
  public XdsServer(
      MeshModel model, WorkloadRegistry registry, Supplier<Bundle> bundle, Clock clock) {
    this.view = new XdsView(model, bundle.get());
    this.registry = registry;
    this.bundle = bundle;
    this.clock = clock;
  }

  /** Pushes what changed. To be called by one thread at a time. */
  public void publish(MeshModel model) {
    view = new XdsView(model, bundle.get());
    for (AdsStream<?> stream : streams) {
      try {
        stream.push();
      } catch (RuntimeException e) {
        // One client's trouble must not keep the others from their configuration.
        log.warn("a client's stream is ended, it will come back", e);
        stream.end(Status.INTERNAL.withDescription("configuration could not be sent"));
      }
    }
  }

  /** Ends all streams: the controller stops. */
  public void drain() {
    for (AdsStream<?> stream : streams) {
      stream.end(Status.UNAVAILABLE.withDescription("the controller stops"));
    }
  }

  public Counts counts() {
    return new Counts(sent.sum(), acknowledged.sum(), rejected.sum());
  }

  void countSent() {
    sent.increment();
  }

  void countAnswer(boolean accepted) {
    (accepted ? acknowledged : rejected).increment();
  }

  XdsView view() {
    return view;
  }

  Clock clock() {
    return clock;
  }

  /** Those a workload registered; while it has not, those every workload of its service has. */
  Map<String, String> labels(String instance, String namespace, String service) {
    return registry
        .find(instance)
        .filter(w -> w.namespace().equals(namespace) && w.service().equals(service))
        .map(Workload::labels)
        .orElse(Map.of("app", service));
  }

  void connected(AdsStream<?> stream) {
    streams.add(stream);
  }

  void disconnected(AdsStream<?> stream) {
    streams.remove(stream);
  }

  @Override
  public List<Node> nodes() {
    return streams.stream().map(AdsStream::status).flatMap(Optional::stream).toList();
  }
}
