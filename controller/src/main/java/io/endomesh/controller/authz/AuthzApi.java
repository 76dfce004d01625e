package io.endomesh.controller.authz;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.kinds.DepartmentPolicy.Line;
import io.endomesh.controller.kinds.InvalidResourceException;
import io.endomesh.controller.kinds.ParsedResource;
import io.endomesh.controller.kinds.ResourceParser;
import io.endomesh.controller.translate.DepartmentMatrix;
import io.endomesh.controller.translate.Drafts;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.Unreadable;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Which department may reach which, as a table and a cell of it. Thread-safe. */
@Blocking
public final class AuthzApi implements ControllerPart {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ControllerContext context;

  public AuthzApi(ControllerContext context) {
    this.context = context;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Get("/departments")
  public HttpResponse departments() {
    MeshModel model = context.model().get();
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ArrayNode departments = json.putArray("departments");
    DepartmentMatrix.departments(model)
        .forEach(
            (name, namespaces) -> {
              ArrayNode all = departments.addObject().put("name", name).putArray("namespaces");
              namespaces.forEach(all::add);
            });
    ArrayNode cells = json.putArray("cells");
    DepartmentMatrix.of(model).forEach(cell -> put(cell, cells.addObject()));
    // What it may have said of these cells nobody knows.
    ArrayNode unreadable = json.putArray("unreadable");
    for (Unreadable one : model.unreadable()) {
      unreadable
          .addObject()
          .put("kind", one.key().kind())
          .put("namespace", one.key().namespace())
          .put("name", one.key().name())
          .put("why", one.why())
          .put("meanwhile", one.meanwhile());
    }
    return ok(json);
  }

  /**
   * The resource to apply for a cell to say something else, and what the cell would be then: other
   * resources may have a say in it, too. Changes nothing.
   *
   * @param body {@code {"source": "marketing", "destination": "payments", "say": "deny"}}
   */
  @Post("/departments/draft")
  public HttpResponse draft(String body) {
    try {
      JsonNode asked = JSON.readTree(body);
      Line line = new Line(asked.path("source").asText(), asked.path("destination").asText());
      DepartmentDraft.Say say = say(asked.path("say").asText());
      ObjectNode document =
          DepartmentDraft.of(
              context.store().resources().find(DepartmentDraft.KEY).orElse(null), line, say);
      ParsedResource draft = ResourceParser.parse(JSON.convertValue(document, Map.class));
      MeshModel now = context.model().get();
      MeshModel then = Drafts.over(now, List.of(draft));
      ObjectNode json = JsonNodeFactory.instance.objectNode();
      json.set("resource", document);
      put(DepartmentMatrix.cell(now, line.source(), line.destination()), json.putObject("now"));
      put(DepartmentMatrix.cell(then, line.source(), line.destination()), json.putObject("then"));
      return ok(json);
    } catch (JsonProcessingException e) {
      return ApiErrors.invalid(
          "body: no JSON (expected: {\"source\":…,\"destination\":…,\"say\":…})");
    } catch (InvalidResourceException | IllegalArgumentException e) {
      return ApiErrors.invalid(String.valueOf(e.getMessage()));
    }
  }

  private static DepartmentDraft.Say say(String word) {
    return Arrays.stream(DepartmentDraft.Say.values())
        .filter(one -> one.name().toLowerCase(Locale.ROOT).equals(word))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "say: '" + word + "' (expected: deny, allow or nothing)"));
  }

  private static void put(DepartmentMatrix.Cell cell, ObjectNode json) {
    json.put("source", cell.source())
        .put("destination", cell.destination())
        .put("decision", cell.decision().name().toLowerCase(Locale.ROOT))
        .put("by", cell.by())
        .put("dryRun", cell.dryRun());
  }

  private static HttpResponse ok(ObjectNode json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON_UTF_8, json.toString());
  }
}
