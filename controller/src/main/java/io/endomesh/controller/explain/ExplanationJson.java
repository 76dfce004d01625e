package io.endomesh.controller.explain;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.translate.RouteSources;
import io.endomesh.dataplane.explain.Candidate;
import io.endomesh.dataplane.explain.Explanation;
import io.endomesh.dataplane.explain.Step;
import io.endomesh.dataplane.explain.Verdict;
import java.util.List;
import java.util.Locale;

/** Explanations as docs/api.md has them. Stateless. */
final class ExplanationJson {

  private ExplanationJson() {}

  static ObjectNode of(
      Question question,
      Caller caller,
      long revision,
      List<RouteSources.Source> sources,
      List<String> rejections,
      Explanation explanation) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    ObjectNode call = json.putObject("call");
    call.put("method", question.request().method()).put("url", question.url());
    ObjectNode headers = call.putObject("headers");
    question
        .headers()
        .forEach((name, values) -> values.forEach(value -> headers.withArray(name).add(value)));
    json.putObject("from")
        .put("serviceId", caller.namespace() + "/" + caller.service())
        .put("identity", caller.identity());
    json.put("revision", revision);
    json.set("verdict", verdict(explanation.verdict()));
    ArrayNode steps = json.putArray("steps");
    explanation.steps().forEach(step -> steps.add(step(step)));
    if (!sources.isEmpty()) {
      steps.insert(1, step(resources(sources)));
    }
    rejections.forEach(rejection -> steps.insert(1, step(rejected(rejection))));
    ArrayNode branches = json.putArray("branches");
    for (Explanation.Branch branch : explanation.branches()) {
      ObjectNode one =
          branches.addObject().put("cluster", branch.cluster()).put("percent", branch.percent());
      ArrayNode told = one.putArray("steps");
      branch.steps().forEach(step -> told.add(step(step)));
      one.set("verdict", verdict(branch.verdict()));
    }
    return json;
  }

  private static Step resources(List<RouteSources.Source> sources) {
    return new Step(
        "resources",
        "what was applied for it",
        null,
        sources.stream()
            .map(source -> new Candidate(source.name(), source.counts(), source.why()))
            .toList());
  }

  private static Step rejected(String rejection) {
    return new Step(
        "rejected", rejection + "; agents keep what they had before it", null, List.of());
  }

  private static ObjectNode step(Step step) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("stage", step.stage())
            .put("message", step.message())
            .put("decidedBy", step.decidedBy());
    ArrayNode candidates = json.putArray("candidates");
    for (Candidate candidate : step.candidates()) {
      candidates
          .addObject()
          .put("name", candidate.name())
          .put("taken", candidate.taken())
          .put("why", candidate.why());
    }
    return json;
  }

  private static ObjectNode verdict(Verdict verdict) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("kind", verdict.kind().name().toLowerCase(Locale.ROOT).replace('_', '-'))
        .put("status", verdict.status() == 0 ? null : verdict.status())
        .put("grpcStatus", verdict.grpcStatus() < 0 ? null : verdict.grpcStatus())
        .put("decidedBy", verdict.decidedBy())
        .put("message", verdict.message());
  }
}
