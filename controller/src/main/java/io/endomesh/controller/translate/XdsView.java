package io.endomesh.controller.translate;

import com.google.protobuf.Message;
import io.endomesh.controller.ca.Bundle;
import io.endomesh.controller.kinds.Sidecar;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One model of the mesh as xDS resources. Each is made when the first client asks for it, and once.
 * Thread-safe.
 */
public final class XdsView {

  private record Key(
      ResourceType type, String name, Object scope, Map<ServiceKey, String> refused) {}

  /** Of labels only the Sidecar counts that they lead to. */
  private record Outbound(String namespace, Scope.Dialect dialect, @Nullable Sidecar sidecar) {}

  private final MeshModel model;
  private final @Nullable Bundle bundle;
  private final Reach reach;
  private final Narrowing none;
  private final Map<Key, Optional<XdsResource>> made = new ConcurrentHashMap<>();

  /** The services where a resource leads. */
  private final Map<Key, Set<MeshService>> ledTo = new ConcurrentHashMap<>();

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
    this.reach = new Reach(model);
    this.none = Narrowing.none(model);
  }

  public MeshModel model() {
    return model;
  }

  /** Null if there is no such thing in the mesh, or it is none of the reader's business. */
  public @Nullable XdsResource resource(ResourceType type, String name, Scope scope) {
    if (type == ResourceType.LISTENER && InboundTranslator.isInbound(name)) {
      // Who proves nothing could say that it is anybody.
      return isToldOfItself(scope) ? made(type, name, scope, none) : null;
    }
    if (type == ResourceType.SECRET || scope.reader().everything() || reach.isOpen()) {
      return made(type, name, scope, none);
    }
    return made(type, name, scope, narrowing(type, name, scope));
  }

  private static boolean isToldOfItself(Scope scope) {
    return scope.reader().everything() || scope.reader().identity() != null;
  }

  private @Nullable XdsResource made(
      ResourceType type, String name, Scope scope, Narrowing narrowing) {
    Object relevant = relevant(type, name, scope);
    return made.computeIfAbsent(
            new Key(type, name, relevant, narrowing.refused()),
            key -> make(type, name, scope, narrowing))
        .orElse(null);
  }

  /**
   * Of the services where a resource leads, those that let no call of the reader in: readers who
   * are kept out of the same share what is left.
   */
  private Narrowing narrowing(ResourceType type, String name, Scope scope) {
    Map<ServiceKey, String> refused = null;
    for (MeshService service : services(type, name, scope)) {
      String policy = reach.refusing(service, scope.reader().identity());
      if (policy != null) {
        refused = refused == null ? new TreeMap<>() : refused;
        refused.put(service.key(), policy);
      }
    }
    return refused == null ? none : new Narrowing(model, refused);
  }

  /** Kept, because it is asked for every resource of every reader. */
  private Set<MeshService> services(ResourceType type, String name, Scope scope) {
    Object relevant =
        type == ResourceType.LISTENER || type == ResourceType.ROUTE
            ? relevant(ResourceType.ROUTE, name, scope)
            : "";
    Key key = new Key(type, name, relevant, Map.of());
    Set<MeshService> known = ledTo.get(key);
    if (known == null) {
      known = findServices(type, name, scope);
      ledTo.put(key, known);
    }
    return known;
  }

  private Set<MeshService> findServices(ResourceType type, String name, Scope scope) {
    return switch (type) {
      case CLUSTER, ENDPOINTS -> {
        MeshService service = ClusterTranslator.service(model, name);
        yield service == null ? Set.of() : Set.of(service);
      }
      case LISTENER -> {
        Destination to = Destination.ofAuthority(model, name, scope.namespace());
        yield to == null ? Set.of() : services(ResourceType.ROUTE, to.routeName(), scope);
      }
      case ROUTE -> {
        RouteConfiguration table = RouteTable.of(model, name, scope);
        yield table == null ? Set.of() : Narrowing.services(model, table);
      }
      case SECRET -> Set.of();
    };
  }

  /** What of the scope a resource depends on: clients that agree in it share the resource. */
  private Object relevant(ResourceType type, String name, Scope scope) {
    return switch (type) {
      case LISTENER ->
          InboundTranslator.isInbound(name)
              ? new Scope(scope.namespace(), scope.labels(), scope.dialect())
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

  private Optional<XdsResource> make(
      ResourceType type, String name, Scope scope, Narrowing narrowing) {
    boolean refused = !narrowing.isEmpty();
    Message message =
        switch (type) {
          case LISTENER ->
              InboundTranslator.isInbound(name)
                  ? InboundTranslator.listener(model, name, scope)
                  : name.equals(OutboundListener.ANYWHERE_ELSE)
                      ? OutboundListener.anywhereElse(model, scope)
                      : OutboundListener.of(model, name, scope, narrowing);
          case SECRET -> TrustSecrets.of(model, bundle, name);
          case ROUTE -> {
            RouteConfiguration table = RouteTable.of(model, name, scope);
            yield table == null ? null : narrowing.of(table, scope.dialect());
          }
          case CLUSTER -> refused ? null : ClusterTranslator.cluster(model, name, scope.dialect());
          case ENDPOINTS -> refused ? null : ClusterTranslator.endpoints(model, name, scope);
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
