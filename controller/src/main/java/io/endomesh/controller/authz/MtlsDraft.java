package io.endomesh.controller.authz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.PeerAuthentication.Mode;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.Resources;
import io.endomesh.controller.store.StoredResource;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The PeerAuthentication that gives a scope another mode than it has. */
final class MtlsDraft {

  private static final String KIND = "PeerAuthentication";

  /** Istio's name of the policy of a whole namespace, by convention. */
  private static final String DEFAULT_NAME = "default";

  private MtlsDraft() {}

  /**
   * @return a document to apply: the policy of just this scope that rules now with another mode, or
   *     a new one
   */
  static ObjectNode of(Resources stored, MtlsScope scope, Mode mode) {
    // Of two as narrow the older rules.
    Optional<StoredResource> rules =
        stored.all().stream()
            .filter(one -> one.key().kind().equals(KIND))
            .filter(one -> one.key().namespace().equals(scope.namespace()))
            .filter(one -> selector(one).equals(scope.selector()))
            .filter(one -> !mode(one).isEmpty())
            .min(Comparator.comparing(StoredResource::createdAt));
    ObjectNode document =
        rules
            .map(StoredDocument::of)
            .orElseGet(() -> StoredDocument.make("security.istio.io/v1", freeKey(stored, scope)));
    ObjectNode spec = document.withObjectProperty("spec");
    if (!scope.selector().isEmpty() && rules.isEmpty()) {
      ObjectNode labels = spec.putObject("selector").putObject("matchLabels");
      scope.selector().forEach(labels::put);
    }
    spec.withObjectProperty("mtls").put("mode", mode.name());
    return document;
  }

  private static ResourceKey freeKey(Resources stored, MtlsScope scope) {
    String wanted = scope.name() == null ? DEFAULT_NAME : scope.name();
    ResourceKey key = new ResourceKey(KIND, scope.namespace(), wanted);
    for (int i = 2; stored.find(key).isPresent(); i++) {
      key = new ResourceKey(KIND, scope.namespace(), wanted + "-" + i);
    }
    return key;
  }

  private static Map<String, String> selector(StoredResource policy) {
    Map<String, String> labels = new HashMap<>();
    for (Map.Entry<String, JsonNode> label :
        StoredDocument.read(policy).at("/spec/selector/matchLabels").properties()) {
      labels.put(label.getKey(), label.getValue().asText());
    }
    return labels;
  }

  /** Empty if it leaves it to a wider policy. */
  private static String mode(StoredResource policy) {
    String mode = StoredDocument.read(policy).at("/spec/mtls/mode").asText();
    return mode.equals(Mode.UNSET.name()) ? "" : mode;
  }
}
