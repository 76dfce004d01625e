package io.endomesh.controller.translate;

import com.google.protobuf.Message;
import io.endomesh.controller.ca.Bundle;
import io.endomesh.controller.kinds.Sidecar;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One model of the mesh as xDS resources. Each is made when the first client asks for it, and once.
 * Thread-safe.
 */
public final class XdsView {

  private record Key(ResourceType type, String name, Object scope) {}

  /** Of labels only the Sidecar counts that they lead to. */
  private record Outbound(String namespace, Scope.Dialect dialect, @Nullable Sidecar sidecar) {}

  private final MeshModel model;
  private final @Nullable Bundle bundle;
  private final Map<Key, Optional<XdsResource>> made = new ConcurrentHashMap<>();

  /** By name of the cluster: asked for every client. */
  private final Map<String, LocalityRule> localities = new ConcurrentHashMap<>();

  /** Without secrets. */
  public XdsView(MeshModel model) {
    this(model, null);
  }

  /**
   * @param bundle whose word is taken; null if nobody is to be told
   */
  public XdsView(MeshModel model, @Nullable Bundle bundle) {
    this.model = model;
    this.bundle = bundle;
  }

  public MeshModel model() {
    return model;
  }

  /** Null if there is no such thing in the mesh. */
  public @Nullable XdsResource resource(ResourceType type, String name, Scope scope) {
    return made.computeIfAbsent(
            new Key(type, name, relevant(type, name, scope)), key -> make(type, name, scope))
        .orElse(null);
  }

  /** What of the scope a resource depends on: clients that agree in it share the resource. */
  private Object relevant(ResourceType type, String name, Scope scope) {
    return switch (type) {
      case LISTENER ->
          InboundTranslator.isInbound(name)
              ? scope
              : new Outbound(scope.namespace(), scope.dialect(), model.sidecars().of(scope));
      case ROUTE -> new Scope(scope.namespace(), sourceLabels(scope), scope.dialect());
      case SECRET -> type;
      case CLUSTER -> scope.dialect();
      case ENDPOINTS -> locality(name).caller(scope);
    };
  }

  /** Of the labels those that a VirtualService asks for. */
  private Map<String, String> sourceLabels(Scope scope) {
    Map<String, String> labels = new HashMap<>();
    for (String name : model.sourceLabels()) {
      String value = scope.labels().get(name);
      if (value != null) {
        labels.put(name, value);
      }
    }
    return labels;
  }

  private LocalityRule locality(String cluster) {
    return localities.computeIfAbsent(cluster, name -> ClusterTranslator.locality(model, name));
  }

  private Optional<XdsResource> make(ResourceType type, String name, Scope scope) {
    Message message =
        switch (type) {
          case LISTENER ->
              InboundTranslator.isInbound(name)
                  ? InboundTranslator.listener(model, name, scope)
                  : name.equals(OutboundListener.ANYWHERE_ELSE)
                      ? OutboundListener.anywhereElse(model, scope)
                      : OutboundListener.of(model, name, scope);
          case SECRET -> TrustSecrets.of(bundle, name);
          case ROUTE -> RouteTable.of(model, name, scope);
          case CLUSTER -> ClusterTranslator.cluster(model, name, scope.dialect());
          case ENDPOINTS -> ClusterTranslator.endpoints(model, name, scope);
        };
    if (message == null) {
      return Optional.empty();
    }
    int endpoints =
        message instanceof ClusterLoadAssignment assignment
            ? assignment.getEndpointsList().stream().mapToInt(l -> l.getLbEndpointsCount()).sum()
            : -1;
    return Optional.of(XdsResource.of(name, message, endpoints));
  }
}
