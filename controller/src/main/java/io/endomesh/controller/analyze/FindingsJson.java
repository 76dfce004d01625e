package io.endomesh.controller.analyze;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** Findings as docs/api.md has them. Stateless. */
public final class FindingsJson {

  private FindingsJson() {}

  /**
   * @param live whether workloads and traffic were looked at
   */
  public static ObjectNode of(List<Finding> findings, boolean live) {
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("live", live);
    ArrayNode array = json.putArray("findings");
    for (Finding finding : findings) {
      array
          .addObject()
          .put("code", finding.code().name())
          .put("severity", finding.code().severity().name().toLowerCase(Locale.ROOT))
          .put("title", finding.code().title())
          .put("kind", finding.resource().kind())
          .put("namespace", finding.resource().namespace())
          .put("name", finding.resource().name())
          .put("field", finding.field())
          .put("message", finding.message());
    }
    return json;
  }
}
