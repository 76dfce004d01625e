package io.endomesh.controller.explain;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.annotation.Blocking;
import com.linecorp.armeria.server.annotation.Post;
import io.endomesh.controller.ControllerContext;
import io.endomesh.controller.ControllerPart;
import io.endomesh.controller.console.ApiErrors;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.RouteSources;
import io.endomesh.dataplane.explain.Explanation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Answers what would happen to a call, as docs/api.md has it. Thread-safe. */
@Blocking
public final class ExplainApi implements ControllerPart {

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ControllerContext context;

  public ExplainApi(ControllerContext context) {
    this.context = context;
  }

  @Override
  public void addTo(ServerBuilder server) {
    server.annotatedService().pathPrefix("/api/v1").build(this);
  }

  @Post("/explain")
  public HttpResponse explain(String body) {
    try {
      Question question = question(JSON.readTree(body));
      MeshModel model = context.model().get();
      Caller caller = Caller.named(model, question.from());
      if (caller == null) {
        return ApiErrors.field(
            HttpStatus.NOT_FOUND,
            "not-found",
            "from",
            "from: no service '"
                + question.from()
                + "' (expected: one that joined, or a v1 Service)");
      }
      CallExplainer explainer = new CallExplainer(model, caller, context.clock());
      Explanation explanation = explainer.explain(question);
      return HttpResponse.of(
          HttpStatus.OK,
          MediaType.JSON_UTF_8,
          ExplanationJson.of(
                  question,
                  caller,
                  model.revision(),
                  RouteSources.of(
                      model, question.authority().toLowerCase(Locale.ROOT), caller.namespace()),
                  explainer.rejections(),
                  explanation)
              .toString());
    } catch (JsonProcessingException e) {
      return ApiErrors.invalid(
          "body: no JSON (expected: {\"method\":…,\"url\":…,\"from\":…,\"headers\":{…}})");
    } catch (InvalidQuestionException e) {
      return ApiErrors.field(
          HttpStatus.BAD_REQUEST, "invalid", e.field(), String.valueOf(e.getMessage()));
    }
  }

  private static Question question(JsonNode body) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    body.path("headers")
        .properties()
        .forEach(
            header -> {
              List<String> values = new ArrayList<>();
              if (header.getValue().isArray()) {
                header.getValue().forEach(value -> values.add(value.asText()));
              } else {
                values.add(header.getValue().asText());
              }
              headers.put(header.getKey(), values);
            });
    return new Question(
        body.path("method").asText("GET"),
        body.path("url").asText(""),
        body.path("from").asText(""),
        headers);
  }
}
