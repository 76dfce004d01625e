package io.endomesh.xds.ads;

import com.google.protobuf.InvalidProtocolBufferException;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.xds.translate.ClusterResource;
import io.endomesh.xds.translate.ClusterTranslator;
import io.endomesh.xds.translate.EndpointResource;
import io.endomesh.xds.translate.EndpointTranslator;
import io.endomesh.xds.translate.InvalidResource;
import io.endomesh.xds.translate.ListenerResource;
import io.endomesh.xds.translate.ListenerTranslator;
import io.endomesh.xds.translate.RouteResource;
import io.endomesh.xds.translate.RouteTranslator;
import io.endomesh.xds.translate.SecretResource;
import io.endomesh.xds.translate.SecretTranslator;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.envoyproxy.envoy.config.listener.v3.Listener;
import io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.envoyproxy.envoy.extensions.transport_sockets.tls.v3.Secret;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the controller has said, by type and name: a valid resource, or that there is none. What it
 * has not said yet is absent. Not thread-safe.
 */
final class Resources {

  /**
   * @param stored null if the controller said that there is no such resource
   * @param value what {@code stored} was translated to
   */
  private record Answer(@Nullable StoredResource stored, @Nullable Object value) {}

  private static final Answer NONE = new Answer(null, null);

  private final Map<ResourceType, Map<String, Answer>> answers = new EnumMap<>(ResourceType.class);

  Resources() {
    for (ResourceType type : ResourceType.values()) {
      answers.put(type, new HashMap<>());
    }
  }

  /** As the other, whatever it says. */
  void accept(StoredResource stored) throws InvalidResource, InvalidProtocolBufferException {
    accept(stored, value -> null);
  }

  /**
   * Takes a resource in, or keeps what was there.
   *
   * @param objection says why it cannot be used though it is valid; null if it can
   * @throws InvalidResource if it cannot be used
   * @throws InvalidProtocolBufferException if it cannot be read
   */
  void accept(StoredResource stored, Function<Object, @Nullable String> objection)
      throws InvalidResource, InvalidProtocolBufferException {
    Object value =
        switch (stored.type()) {
          case SECRET -> SecretTranslator.translate(Secret.parseFrom(stored.value()));
          case LISTENER -> ListenerTranslator.translate(Listener.parseFrom(stored.value()));
          case ROUTE -> RouteTranslator.translate(RouteConfiguration.parseFrom(stored.value()));
          case CLUSTER -> ClusterTranslator.translate(Cluster.parseFrom(stored.value()));
          case ENDPOINTS ->
              EndpointTranslator.translate(ClusterLoadAssignment.parseFrom(stored.value()));
        };
    String wrong = objection.apply(value);
    if (wrong != null) {
      throw new InvalidResource(wrong);
    }
    of(stored.type()).put(stored.name(), new Answer(stored, value));
  }

  /** The controller said that there is no such resource. */
  void remove(ResourceType type, String name) {
    of(type).put(name, NONE);
  }

  /** Nobody asks for others any more. */
  void retain(ResourceType type, Set<String> names) {
    of(type).keySet().retainAll(names);
  }

  /** True if the controller has said something about it, be it that there is none. */
  boolean isAnswered(ResourceType type, String name) {
    return of(type).containsKey(name);
  }

  /** Version of the resource in use, or null. */
  @Nullable String version(ResourceType type, String name) {
    Answer answer = of(type).get(name);
    return answer == null || answer.stored() == null ? null : answer.stored().version();
  }

  @Nullable SecretResource secret(String name) {
    return (SecretResource) value(ResourceType.SECRET, name);
  }

  @Nullable ListenerResource listener(String name) {
    return (ListenerResource) value(ResourceType.LISTENER, name);
  }

  @Nullable RouteResource route(String name) {
    return (RouteResource) value(ResourceType.ROUTE, name);
  }

  @Nullable ClusterResource cluster(String name) {
    return (ClusterResource) value(ResourceType.CLUSTER, name);
  }

  /** TLS to servers outside the mesh that is made of files, of clusters that are known. */
  List<OriginatedTls> ofFiles() {
    List<OriginatedTls> all = new ArrayList<>();
    for (Answer answer : of(ResourceType.CLUSTER).values()) {
      OriginatedTls tls =
          answer.value() instanceof ClusterResource cluster ? cluster.originated() : null;
      if (tls != null && tls.files() != null) {
        all.add(tls);
      }
    }
    return all;
  }

  @SuppressWarnings("unchecked") // accept() puts nothing else under this type.
  @Nullable List<EndpointResource> endpoints(String name) {
    return (List<EndpointResource>) value(ResourceType.ENDPOINTS, name);
  }

  /** Everything valid, to be kept. */
  List<StoredResource> stored() {
    List<StoredResource> all = new ArrayList<>();
    for (Map<String, Answer> ofType : answers.values()) {
      for (Answer answer : ofType.values()) {
        if (answer.stored() != null) {
          all.add(answer.stored());
        }
      }
    }
    return all;
  }

  private @Nullable Object value(ResourceType type, String name) {
    Answer answer = of(type).get(name);
    return answer == null ? null : answer.value();
  }

  private Map<String, Answer> of(ResourceType type) {
    Map<String, Answer> ofType = answers.get(type);
    if (ofType == null) {
      throw new IllegalStateException(type + " has no map");
    }
    return ofType;
  }
}
