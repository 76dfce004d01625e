package io.endomesh.controller.fault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.translate.ServiceKey;
import io.endomesh.dataplane.GrpcCode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** A fault test as the store keeps it and the API tells it. Stateless. */
final class FaultJson {

  private static final ObjectMapper JSON = new ObjectMapper();

  private FaultJson() {}

  static ObjectNode write(FaultTest test, Instant now) {
    FaultTest.End end = test.end();
    ObjectNode json =
        JSON.createObjectNode()
            .put("id", test.id())
            .put("service", test.service().namespace() + "/" + test.service().name())
            .put("route", test.route())
            .put("rule", test.rule())
            .put("delayMillis", test.delay().isZero() ? null : (Long) test.delay().toMillis())
            .put("abortStatus", test.status() == 0 ? null : (Integer) test.status())
            .put(
                "abortGrpcStatus",
                test.grpcStatus() < 0 ? null : GrpcCode.NAMES.get(test.grpcStatus()))
            .put("percent", test.percent())
            .put("by", test.by())
            .put("startedAt", text(test.startedAt()))
            .put("until", text(test.until()));
    return json.put(
            "state",
            test.isRunning(now) ? "running" : end != null && end.by() != null ? "stopped" : "ended")
        .put(
            "endedAt",
            end != null ? text(end.at()) : test.isRunning(now) ? null : text(test.until()))
        .put("endedBy", end == null ? null : end.by());
  }

  /**
   * @throws IllegalArgumentException if it is none that this version writes
   */
  static FaultTest read(String fact) {
    JsonNode json;
    try {
      json = JSON.readTree(fact);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
    String[] service = json.required("service").asText().split("/", 2);
    String ended = orNull(json, "endedAt");
    return new FaultTest(
        json.required("id").asText(),
        new ServiceKey(service[0], service[1]),
        orNull(json, "route"),
        json.path("rule").isInt() ? Integer.valueOf(json.path("rule").asInt()) : null,
        Duration.ofMillis(json.path("delayMillis").asLong(0)),
        json.path("abortStatus").asInt(0),
        GrpcCode.NAMES.indexOf(json.path("abortGrpcStatus").asText()),
        (int) Math.round(json.required("percent").asDouble() * FaultTest.ALL / 100),
        json.required("by").asText(),
        Instant.parse(json.required("startedAt").asText()),
        Instant.parse(json.required("until").asText()),
        ended == null ? null : new FaultTest.End(Instant.parse(ended), orNull(json, "endedBy")));
  }

  private static @Nullable String orNull(JsonNode json, String name) {
    return json.path(name).isTextual() ? json.path(name).asText() : null;
  }

  private static String text(Instant at) {
    return at.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
