package io.endomesh.controller.xds;

import com.google.protobuf.Struct;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.translate.ResourceType;
import io.endomesh.controller.translate.Scope;
import io.endomesh.controller.xds.SyncStatus.Rejection;
import io.endomesh.dataplane.cluster.Locality;
import io.envoyproxy.envoy.config.core.v3.Node;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client's stream of discovery, in either of the protocol's two forms: who it is, what it asked
 * for, what it was sent and has acknowledged. Thread-safe.
 *
 * @param <R> the responses it takes
 */
abstract class AdsStream<R> {

  private static final Logger log = LoggerFactory.getLogger(AdsStream.class);

  private static final String DEFAULT_NAMESPACE = "default";

  private final XdsServer server;
  private final @Nullable WorkloadIdentity caller;
  private final @Nullable String identity;
  private final StreamObserver<R> out;
  private final Instant connectedAt;

  // All guarded by this.
  private final Map<ResourceType, Subscriptions> subscriptions = new EnumMap<>(ResourceType.class);
  private final Map<ResourceType, Rejection> rejections = new EnumMap<>(ResourceType.class);

  /** What was sent and not yet answered: versions by nonce. */
  private final Map<String, String> pending = new HashMap<>();

  private @Nullable Node node;
  private String namespace = DEFAULT_NAMESPACE;
  private String service = "";
  private long nonces;
  private String wanted = "";
  private String acked = "";
  private boolean ended;

  AdsStream(
      XdsServer server,
      @Nullable WorkloadIdentity caller,
      String trustDomain,
      StreamObserver<R> out) {
    this.server = server;
    this.caller = caller;
    this.identity = caller == null ? null : caller.spiffeId(trustDomain);
    this.out = out;
    this.connectedAt = server.clock().instant();
    if (out instanceof ServerCallStreamObserver<R> call) {
      // Without it, sending to a client that has just gone throws.
      call.setOnCancelHandler(this::broken);
    }
  }

  /** Sends what the client is not yet told. */
  final synchronized void push() {
    if (node == null || ended) {
      return;
    }
    for (ResourceType type : ResourceType.values()) {
      Subscriptions asked = subscriptions.get(type);
      if (asked != null) {
        push(type, asked, false);
      }
    }
  }

  /**
   * @param always even if nothing changed
   */
  abstract void push(ResourceType type, Subscriptions asked, boolean always);

  /** False if the stream was ended, because the client may not be who it says it is. */
  final boolean accept(Node first) {
    if (node != null) {
      return true;
    }
    Struct metadata = first.getMetadata();
    String saidNamespace = text(metadata, "NAMESPACE");
    String saidService = text(metadata, "SERVICE");
    if (caller != null) {
      if (!saidNamespace.isEmpty() && !saidNamespace.equals(caller.namespace())
          || !saidService.isEmpty() && !saidService.equals(caller.service())) {
        end(
            Status.PERMISSION_DENIED.withDescription(
                "node: "
                    + saidNamespace
                    + "/"
                    + saidService
                    + " (expected: "
                    + caller
                    + ", which the certificate names)"));
        return false;
      }
      namespace = caller.namespace();
      service = caller.service();
    } else {
      namespace = saidNamespace.isEmpty() ? DEFAULT_NAMESPACE : saidNamespace;
      service = saidService;
    }
    node = first;
    server.connected(this);
    return true;
  }

  final Scope scope() {
    Node known = java.util.Objects.requireNonNull(node);
    boolean grpc = known.getUserAgentName().toLowerCase(Locale.ROOT).startsWith("grpc");
    return new Scope(
        namespace,
        withLocality(server.labels(known.getId(), namespace, service), known),
        grpc ? Scope.Dialect.GRPC : Scope.Dialect.AGENT,
        Scope.Reader.proving(identity));
  }

  /** Clients that did not register, gRPC's own, say where they run by their node. */
  private static Map<String, String> withLocality(Map<String, String> labels, Node node) {
    if (!node.hasLocality() || labels.containsKey(Locality.REGION_LABEL)) {
      return labels;
    }
    Map<String, String> all = new HashMap<>(labels);
    all.putAll(
        new Locality(
                node.getLocality().getRegion(),
                node.getLocality().getZone(),
                node.getLocality().getSubZone())
            .labels());
    return all;
  }

  final XdsServer server() {
    return server;
  }

  /** Null for a type nobody serves: the client waits for it as it does for what does not exist. */
  final @Nullable Subscriptions subscriptions(String typeUrl) {
    return ResourceType.of(typeUrl)
        .map(type -> subscriptions.computeIfAbsent(type, Subscriptions::new))
        .orElse(null);
  }

  /** A new nonce, for a response of the model's version. */
  final String nonce() {
    String nonce = Long.toString(++nonces);
    wanted = Long.toString(server.view().model().version());
    pending.put(nonce, wanted);
    server.countSent();
    return nonce;
  }

  final void send(R response) {
    out.onNext(response);
  }

  /**
   * The client answers a response.
   *
   * @param reason why it rejects it; null if it accepts it
   */
  final void answered(ResourceType type, String nonce, @Nullable String reason) {
    String version = pending.remove(nonce);
    if (version == null) {
      return;
    }
    server.countAnswer(reason == null);
    if (reason == null) {
      rejections.remove(type);
      acked = version;
      return;
    }
    Rejection rejection =
        new Rejection(type.shortName(), version, reason, server.clock().instant());
    rejections.put(type, rejection);
    log.warn(
        "{} rejects {} of version {}, and keeps what it had: {}",
        node == null ? "a client" : node.getId(),
        type.shortName(),
        version,
        reason);
  }

  final synchronized void end(@Nullable Status status) {
    if (ended) {
      return;
    }
    ended = true;
    server.disconnected(this);
    if (status == null) {
      out.onCompleted();
    } else {
      out.onError(status.asRuntimeException());
    }
  }

  /** The client is gone; nothing can be sent any more. */
  final synchronized void broken() {
    ended = true;
    server.disconnected(this);
  }

  final synchronized Optional<SyncStatus.Node> status() {
    if (node == null) {
      return Optional.empty();
    }
    Map<String, List<String>> names = new TreeMap<>();
    subscriptions.forEach((type, asked) -> names.put(type.shortName(), asked.names()));
    return Optional.of(
        new SyncStatus.Node(
            node.getId(),
            namespace,
            service,
            identity,
            connectedAt,
            wanted,
            acked,
            pending.isEmpty() && rejections.isEmpty(),
            rejections.values().stream().findFirst().orElse(null),
            names));
  }

  private static String text(Struct metadata, String name) {
    return metadata.containsFields(name) ? metadata.getFieldsOrThrow(name).getStringValue() : "";
  }
}
