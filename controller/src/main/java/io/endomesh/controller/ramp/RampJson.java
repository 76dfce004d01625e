package io.endomesh.controller.ramp;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.store.ResourceKey;
import io.endomesh.controller.translate.ServiceKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ramp as the store keeps it and the API tells it. Stateless. */
final class RampJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private RampJson() {}

  static ObjectNode write(Ramp ramp) {
    RampPlan plan = ramp.plan();
    RampState state = ramp.state();
    ObjectNode json = JSON.createObjectNode();
    json.put("id", plan.id())
        .put("service", plan.service().namespace() + "/" + plan.service().name())
        .putObject("resource")
        .put("kind", plan.resource().kind())
        .put("namespace", plan.resource().namespace())
        .put("name", plan.resource().name());
    json.put("rule", plan.rule()).put("to", plan.target());
    plan.names().forEach(json.putArray("backends")::add);
    plan.steps().forEach(json.putArray("steps")::add);
    json.put("everySeconds", plan.every().toSeconds());
    json.putObject("guard")
        .put("maxErrorShare", plan.guard().maxErrorShare())
        .put("maxP99Millis", plan.guard().maxP99Millis())
        .put("minCalls", plan.guard().minCalls())
        .put("fewCalls", plan.guard().rollBackOnFewCalls() ? "rollback" : "hold");
    weights(json.putArray("weightsBefore"), plan.before());
    json.put("by", plan.by()).put("startedAt", plan.startedAt().toString());
    json.put("state", state.status().text())
        .put("step", state.step())
        .put("percent", state.step() < 0 ? null : plan.steps().get(state.step()))
        .put("stepSince", state.since().toString())
        .put("resourceVersion", String.valueOf(state.revision()))
        .put("held", state.held())
        .put("why", state.why())
        .put("endedAt", text(state.endedAt()));
    RampState.Pending pending = state.pending();
    if (pending != null) {
      ObjectNode next =
          json.putObject("pending")
              .put("step", pending.step())
              .put("then", pending.then().text())
              .put("text", pending.text())
              .put("why", pending.why());
      weights(next.putArray("weights"), pending.weights());
    }
    ArrayNode events = json.putArray("events");
    for (RampState.Event event : state.events()) {
      events
          .addObject()
          .put("at", event.at().toString())
          .put("revision", event.revision())
          .put("text", event.text());
    }
    return json;
  }

  /**
   * @throws IllegalArgumentException if it is none that this version writes
   */
  static Ramp read(String fact) {
    JsonNode json;
    try {
      json = JSON.readTree(fact);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    String[] service = text(json, "service").split("/", 2);
    List<String> names = new ArrayList<>();
    json.path("backends").forEach(name -> names.add(name.asText()));
    List<Integer> steps = new ArrayList<>();
    json.path("steps").forEach(step -> steps.add(step.asInt()));
    JsonNode guard = json.required("guard");
    JsonNode resource = json.required("resource");
    RampPlan plan =
        new RampPlan(
            text(json, "id"),
            new ServiceKey(service[0], service[1]),
            new ResourceKey(
                text(resource, "kind"), text(resource, "namespace"), text(resource, "name")),
            json.required("rule").asInt(),
            names.indexOf(text(json, "to")),
            names,
            steps,
            Duration.ofSeconds(json.required("everySeconds").asLong()),
            new Guard(
                guard.required("maxErrorShare").asDouble(),
                guard.path("maxP99Millis").isNumber()
                    ? Double.valueOf(guard.path("maxP99Millis").asDouble())
                    : null,
                guard.required("minCalls").asInt(),
                guard.path("fewCalls").asText().equals("rollback")),
            weights(json.required("weightsBefore")),
            text(json, "by"),
            Instant.parse(text(json, "startedAt")));
    return new Ramp(plan, state(json));
  }

  private static RampState state(JsonNode json) {
    List<RampState.Event> events = new ArrayList<>();
    for (JsonNode event : json.path("events")) {
      events.add(
          new RampState.Event(
              Instant.parse(text(event, "at")),
              event.path("revision").isNumber()
                  ? Long.valueOf(event.path("revision").asLong())
                  : null,
              text(event, "text")));
    }
    JsonNode pending = json.path("pending");
    String ended = json.path("endedAt").asText("");
    return new RampState(
        status(text(json, "state")),
        json.required("step").asInt(),
        Instant.parse(text(json, "stepSince")),
        Long.parseLong(text(json, "resourceVersion")),
        pending.isObject()
            ? new RampState.Pending(
                weights(pending.required("weights")),
                pending.required("step").asInt(),
                status(text(pending, "then")),
                text(pending, "text"),
                orNull(pending, "why"))
            : null,
        orNull(json, "held"),
        orNull(json, "why"),
        json.path("endedAt").isTextual() ? Instant.parse(ended) : null,
        events);
  }

  private static RampState.Status status(String text) {
    for (RampState.Status status : RampState.Status.values()) {
      if (status.text().equals(text)) {
        return status;
      }
    }
    throw new IllegalArgumentException("state: '" + text + "'");
  }

  static void weights(ArrayNode array, List<? extends @Nullable Integer> weights) {
    for (Integer weight : weights) {
      array.add(weight);
    }
  }

  private static List<@Nullable Integer> weights(JsonNode array) {
    List<@Nullable Integer> weights = new ArrayList<>();
    array.forEach(
        weight -> weights.add(weight.isNumber() ? Integer.valueOf(weight.asInt()) : null));
    return weights;
  }

  private static String text(JsonNode json, String name) {
    return json.required(name).asText();
  }

  private static @Nullable String orNull(JsonNode json, String name) {
    return json.path(name).isTextual() ? json.path(name).asText() : null;
  }

  private static @Nullable String text(@Nullable Instant at) {
    return at == null ? null : at.toString();
  }
}
