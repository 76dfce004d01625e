package io.endomesh.controller.authz;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.kinds.DepartmentPolicy;
import io.endomesh.controller.kinds.DepartmentPolicy.Line;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.store.StoredResource;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The resource that says something else of two departments than the one that is stored. */
final class DepartmentDraft {

  /** The one that command line and console write; others may stand beside it. */
  static final ResourceKey KEY =
      new ResourceKey("DepartmentPolicy", DepartmentPolicy.NAMESPACE, "departments");

  /** What is to be said. */
  enum Say {
    DENY,
    ALLOW,
    NOTHING
  }

  private static final ObjectMapper JSON = new ObjectMapper();

  private DepartmentDraft() {}

  /**
   * @param stored null if there is none yet
   * @return a document to apply; it names the revision it was made of, so that nobody's change is
   *     lost
   */
  static ObjectNode of(@Nullable StoredResource stored, Line line, Say say) {
    ObjectNode document =
        stored == null ? StoredDocument.make("endomesh.io/v1", KEY) : StoredDocument.of(stored);
    ObjectNode spec = document.withObjectProperty("spec");
    for (Say list : new Say[] {Say.DENY, Say.ALLOW}) {
      String name = list.name().toLowerCase(Locale.ROOT);
      ArrayNode lines = without(line, spec.path(name));
      if (list == say) {
        lines.add(line.toString());
      }
      if (lines.isEmpty()) {
        spec.remove(name);
      } else {
        spec.set(name, lines);
      }
    }
    return document;
  }

  private static ArrayNode without(Line line, JsonNode lines) {
    ArrayNode others = JSON.createArrayNode();
    for (JsonNode one : lines) {
      if (!one.asText().replace(" ", "").equals(line.source() + "->" + line.destination())) {
        others.add(one);
      }
    }
    return others;
  }
}
