package io.endomesh.controller.explain;

import com.fasterxml.jackson.databind.JsonNode;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.RouteSources;
import io.endomesh.controller.translate.Scope;
import io.endomesh.dataplane.explain.Explanation;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Explanations for tests of other packages. */
public final class Explained {

  private Explained() {}

  /** As {@code POST /api/v1/explain} answers, at the beginning of time. */
  public static JsonNode call(
      MeshModel model, String method, String url, String from, Map<String, List<String>> headers) {
    Question question = new Question(method, url, from, headers);
    Caller caller = caller(model, from);
    CallExplainer explainer =
        new CallExplainer(model, caller, Clock.fixed(Instant.EPOCH, ZoneOffset.UTC));
    Explanation explanation = explainer.explain(question);
    return ExplanationJson.of(
        question,
        caller,
        model.revision(),
        RouteSources.of(model, question.authority(), caller.namespace()),
        explainer.rejections(),
        explanation);
  }

  /** What its agents are sent. */
  public static Scope scope(MeshModel model, String service) {
    return caller(model, service).scope();
  }

  private static Caller caller(MeshModel model, String name) {
    return Objects.requireNonNull(Caller.named(model, name), name);
  }
}
