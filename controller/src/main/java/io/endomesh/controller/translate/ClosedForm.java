package io.endomesh.controller.translate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.endomesh.controller.kinds.AuthorizationPolicy;
import io.endomesh.controller.kinds.InboundPolicy;
import io.endomesh.controller.kinds.Kind;
import io.endomesh.controller.kinds.MeshResource;
import io.endomesh.controller.kinds.MeshResource.Metadata;
import io.endomesh.controller.kinds.PeerAuthentication;
import io.endomesh.controller.kinds.Sidecar;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.StoredResource;
import io.endomesh.controller.translate.Unreadable.Host;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What is in force in place of a stored resource that cannot be read. What refuses something
 * refuses all that it may have meant; what is about traffic alone is left out. Whom it is for is
 * believed where that can still be read, because calls of others are none of its business.
 * Stateless.
 */
final class ClosedForm {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Of an AuthorizationPolicy, beside {@code action}: with others in it, nobody knows its action.
   */
  private static final Set<String> SCOPE_AND_RULES =
      Set.of("selector", "targetRefs", "targetRef", "rules");

  private static final List<AuthorizationPolicy.Rule> EVERYTHING =
      List.of(new AuthorizationPolicy.Rule(List.of(), List.of(), List.of()));

  private static final String REFUSED = "calls to all that it may be for are refused";
  private static final String NOT_CALLED = "the hosts that it may be for are not called";
  private static final String LEFT_OUT = "it is left out";

  private final ResourceKey key;
  private final String why;
  private final Metadata metadata;
  private final JsonNode document;
  private final JsonNode spec;

  private ClosedForm(StoredResource stored, String why) {
    this.key = stored.key();
    this.why = why;
    this.metadata = new Metadata(key.namespace(), key.name(), Map.of(), Map.of());
    this.document = tree(stored.body());
    this.spec = document.path("spec");
  }

  static Unreadable of(StoredResource stored, String why) {
    return new ClosedForm(stored, why).unreadable();
  }

  private static JsonNode tree(String body) {
    try {
      return Optional.ofNullable(JSON.readTree(body)).orElse(MissingNode.getInstance());
    } catch (JsonProcessingException damaged) {
      return MissingNode.getInstance();
    }
  }

  private Unreadable unreadable() {
    Kind kind = Kind.named(key.kind()).orElse(null);
    if (kind == null) {
      // Of a later version: it may be one that refuses calls.
      return isDryRun() ? leftOut() : refusing(AuthorizationPolicy.Action.DENY, selector());
    }
    return switch (kind) {
      case AUTHORIZATION_POLICY -> authorizationPolicy();
      case DEPARTMENT_POLICY -> isDryRun() ? leftOut() : departments();
      case REQUEST_AUTHENTICATION -> refusing(AuthorizationPolicy.Action.DENY, selector());
      case TRAFFIC_TARGET -> trafficTarget();
      case PEER_AUTHENTICATION ->
          instead(
              new PeerAuthentication(
                  metadata, selector(), PeerAuthentication.Mode.STRICT, Map.of()),
              "the workloads that it may be for take mutual TLS only");
      case INBOUND_POLICY ->
          isDryRun()
              ? leftOut()
              : instead(
                  new InboundPolicy(
                      metadata, selector(), InboundPolicy.DefaultAction.Deny, false, null),
                  "the workloads that it may be for refuse what no policy allows");
      case SIDECAR ->
          instead(
              new Sidecar(
                  metadata,
                  labels(spec.path("workloadSelector").path("labels")),
                  List.of(),
                  Sidecar.Mode.REGISTRY_ONLY),
              "the workloads that it may be for call nobody");
      case DATABASE_POLICY -> notCalled(databases());
      case BACKEND_TLS_POLICY -> notCalled(targets());
      case DESTINATION_RULE -> mayBeginTls() ? notCalled(hosts("host")) : leftOut();
      default -> leftOut();
    };
  }

  private Unreadable authorizationPolicy() {
    String action = spec.path("action").asText("");
    if (isDryRun() || action.equals(AuthorizationPolicy.Action.AUDIT.name())) {
      return leftOut();
    }
    return refusing(
        permits(action) ? AuthorizationPolicy.Action.ALLOW : AuthorizationPolicy.Action.DENY,
        selector());
  }

  /** True if all it can have done is to permit: it then permits nothing. */
  private boolean permits(String action) {
    if (!action.isEmpty()) {
      return action.equals(AuthorizationPolicy.Action.ALLOW.name());
    }
    if (!spec.isObject()) {
      return false;
    }
    List<String> names = new ArrayList<>();
    spec.fieldNames().forEachRemaining(names::add);
    return SCOPE_AND_RULES.containsAll(names);
  }

  /** Calls within a namespace are none between departments. */
  private Unreadable departments() {
    return new Unreadable(
        key, why, null, null, List.of(), true, "calls from one namespace to another are refused");
  }

  private Unreadable trafficTarget() {
    String service = spec.path("destination").path("name").asText("");
    return refusing(
        AuthorizationPolicy.Action.ALLOW, service.isEmpty() ? Map.of() : Map.of("app", service));
  }

  private Unreadable refusing(AuthorizationPolicy.Action action, Map<String, String> selector) {
    boolean permits = action == AuthorizationPolicy.Action.ALLOW;
    AuthorizationPolicy rule =
        new AuthorizationPolicy(
            metadata,
            selector,
            selector.isEmpty() ? services() : List.of(),
            action,
            /* provider= */ null,
            false,
            permits ? List.of() : EVERYTHING);
    return new Unreadable(
        key, why, null, rule, List.of(), false, permits ? "it permits nothing" : REFUSED);
  }

  private Unreadable instead(MeshResource resource, String meanwhile) {
    return new Unreadable(key, why, resource, null, List.of(), false, meanwhile);
  }

  private Unreadable notCalled(List<Host> hosts) {
    return new Unreadable(key, why, null, null, hosts, false, NOT_CALLED);
  }

  private Unreadable leftOut() {
    return new Unreadable(key, why, null, null, List.of(), false, LEFT_OUT);
  }

  private boolean isDryRun() {
    JsonNode annotations = document.path("metadata").path("annotations");
    return annotations.path("endomesh.io/dry-run").asText("").equals("true")
        || annotations.path("istio.io/dry-run").asText("").equals("true");
  }

  /** Empty for everybody, which is also meant if it cannot be read. */
  private Map<String, String> selector() {
    return spec.has("targetRefs") || spec.has("targetRef")
        ? Map.of()
        : labels(spec.path("selector").path("matchLabels"));
  }

  private static Map<String, String> labels(JsonNode node) {
    Map<String, String> labels = new HashMap<>();
    for (Map.Entry<String, JsonNode> label : node.properties()) {
      if (!label.getValue().isTextual()) {
        return Map.of();
      }
      labels.put(label.getKey(), label.getValue().asText());
    }
    return labels;
  }

  /** Those it names; empty for everybody, which is also meant if one cannot be read. */
  private List<String> services() {
    List<String> services = new ArrayList<>();
    for (JsonNode target : spec.path("targetRefs")) {
      if (!target.path("kind").asText("").equals("Service") || !target.path("name").isTextual()) {
        return List.of();
      }
      services.add(target.path("name").asText());
    }
    return services;
  }

  private List<Host> databases() {
    List<Host> all = new ArrayList<>(hosts(spec.path("hosts")));
    all.addAll(hosts(spec.path("roles").path("readers")));
    all.addAll(targets(spec.path("targetRefs")));
    return all.isEmpty() ? everyHost() : all;
  }

  private List<Host> targets() {
    List<Host> all = targets(spec.path("targetRefs"));
    return all.isEmpty() ? everyHost() : all;
  }

  private List<Host> targets(JsonNode refs) {
    List<Host> all = new ArrayList<>();
    for (JsonNode ref : refs) {
      if (!ref.path("kind").isTextual() || !ref.path("name").isTextual()) {
        return everyHost();
      }
      all.add(new Host(key.namespace(), ref.path("kind").asText(), ref.path("name").asText()));
    }
    return all;
  }

  private List<Host> hosts(JsonNode names) {
    List<Host> all = new ArrayList<>();
    for (JsonNode name : names) {
      if (!name.isTextual()) {
        return everyHost();
      }
      all.add(new Host(key.namespace(), null, name.asText()));
    }
    return all;
  }

  private List<Host> hosts(String field) {
    return spec.path(field).isTextual()
        ? List.of(new Host(key.namespace(), null, spec.path(field).asText()))
        : everyHost();
  }

  private List<Host> everyHost() {
    return List.of(new Host(key.namespace(), "ServiceEntry", null));
  }

  /** Without it, calls that it made private would be sent in plaintext. */
  private boolean mayBeginTls() {
    return !spec.isObject() || !spec.findValues("tls").isEmpty();
  }
}
