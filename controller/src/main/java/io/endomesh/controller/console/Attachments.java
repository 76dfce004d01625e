package io.endomesh.controller.console;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.translate.MeshService;
import io.endomesh.controller.translate.ServiceKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Which applied resources steer which services. Immutable; made anew when a resource changed. */
final class Attachments {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final long revision;
  private final Map<ResourceKey, JsonNode> specs = new LinkedHashMap<>();

  Attachments(Resources resources) {
    this.revision = resources.revision();
    for (StoredResource resource : resources.all()) {
      try {
        specs.put(resource.key(), JSON.readTree(resource.body()).path("spec"));
      } catch (JsonProcessingException damaged) {
        // For whom it is nobody can tell; that it is damaged is told as a problem.
        specs.put(resource.key(), MissingNode.getInstance());
      }
    }
  }

  long revision() {
    return revision;
  }

  List<ResourceKey> of(MeshService service) {
    List<ResourceKey> attached = new ArrayList<>();
    specs.forEach(
        (key, spec) -> {
          if (isAttached(key, spec, service)) {
            attached.add(key);
          }
        });
    return attached;
  }

  private boolean isAttached(ResourceKey key, JsonNode spec, MeshService service) {
    String namespace = service.key().namespace();
    return switch (key.kind()) {
      case "Service" ->
          key.namespace().equals(namespace) && key.name().equals(service.key().name());
      case "HTTPRoute", "GRPCRoute" -> namesParent(key, spec, service);
      case "VirtualService" ->
          namesHost(key, spec.path("hosts"), service)
              || spec.path("hosts").isEmpty() && isDelegate(key, service);
      case "DestinationRule" ->
          key.namespace().equals(namespace)
              && service.key().equals(ServiceKey.ofHost(spec.path("host").asText(), namespace));
      case "TrafficSplit" ->
          service.key().equals(ServiceKey.ofHost(spec.path("service").asText(), key.namespace()));
      case "AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication", "InboundPolicy" ->
          spec.has("targetRefs")
              ? key.namespace().equals(namespace) && namesTarget(spec, service.key().name())
              : (key.namespace().equals(namespace) || key.namespace().equals(MESH_NAMESPACE))
                  && selects(spec.path("selector").path("matchLabels"), service);
      case "RateLimitPolicy", "ResiliencePolicy", "OverloadPolicy", "XBackendTrafficPolicy" ->
          key.namespace().equals(namespace) && namesTarget(spec, service.key().name());
      case "QueryParameterModifier" -> isNamed(key, service);
      default -> false;
    };
  }

  /** True if a rule of a route for the service names it. */
  private boolean isNamed(ResourceKey modifier, MeshService service) {
    return specs.entrySet().stream()
        .filter(route -> route.getKey().kind().equals("HTTPRoute"))
        .filter(route -> route.getKey().namespace().equals(modifier.namespace()))
        .filter(route -> namesParent(route.getKey(), route.getValue(), service))
        .flatMap(route -> route.getValue().findValues("extensionRef").stream())
        .anyMatch(reference -> reference.path("name").asText().equals(modifier.name()));
  }

  /** True if a VirtualService for the service delegates a rule to it. */
  private boolean isDelegate(ResourceKey delegate, MeshService service) {
    return specs.entrySet().stream()
        .filter(root -> root.getKey().kind().equals("VirtualService"))
        .filter(root -> namesHost(root.getKey(), root.getValue().path("hosts"), service))
        .anyMatch(root -> delegates(root.getKey(), root.getValue(), delegate));
  }

  private static boolean delegates(ResourceKey root, JsonNode spec, ResourceKey delegate) {
    for (JsonNode rule : spec.path("http")) {
      JsonNode named = rule.path("delegate");
      if (named.path("name").asText().equals(delegate.name())
          && named.path("namespace").asText(root.namespace()).equals(delegate.namespace())) {
        return true;
      }
    }
    return false;
  }

  /** Where policies for the whole mesh are, as Istio's root namespace. */
  private static final String MESH_NAMESPACE = "endomesh-system";

  private static boolean namesParent(ResourceKey key, JsonNode spec, MeshService service) {
    for (JsonNode parent : spec.path("parentRefs")) {
      if (parent.path("kind").asText().equals("Service")
          && parent.path("name").asText().equals(service.key().name())
          && parent.path("namespace").asText(key.namespace()).equals(service.key().namespace())) {
        return true;
      }
    }
    return false;
  }

  private static boolean namesTarget(JsonNode spec, String service) {
    for (JsonNode target : spec.path("targetRefs")) {
      if (target.path("name").asText().equals(service)) {
        return true;
      }
    }
    return false;
  }

  private static boolean namesHost(ResourceKey key, JsonNode hosts, MeshService service) {
    for (JsonNode host : hosts) {
      if (service.key().equals(ServiceKey.ofHost(host.asText(), key.namespace()))) {
        return true;
      }
    }
    return false;
  }

  /** A selector without labels is for everybody. */
  private static boolean selects(JsonNode labels, MeshService service) {
    if (labels.isEmpty()) {
      return true;
    }
    return service.workloads().stream()
        .anyMatch(
            workload ->
                labels.properties().stream()
                    .allMatch(
                        label ->
                            label
                                .getValue()
                                .asText()
                                .equals(workload.labels().get(label.getKey()))));
  }
}
