package io.endomesh.controller.fault;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.endomesh.controller.translate.MeshModel;
import io.endomesh.controller.translate.RouteSources;
import io.endomesh.controller.translate.ServiceKey;
import io.endomesh.dataplane.GrpcCode;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a body of the API asks for; each method says in an {@link IllegalArgumentException} what is
 * wrong with it. Stateless.
 */
final class FaultAsked {

  private static final ObjectMapper JSON = new ObjectMapper();

  private static final Set<String> FIELDS =
      new TreeSet<>(
          List.of(
              "service",
              "route",
              "rule",
              "delayMillis",
              "abortStatus",
              "abortGrpcStatus",
              "percent",
              "seconds"));

  /** Longer than a test is looked at, and the night in which everybody forgot it. */
  private static final Duration LONGEST = Duration.ofHours(24);

  private static final Duration LONGEST_DELAY = Duration.ofMinutes(5);

  /** A share is told in millionths. */
  private static final double LEAST_PERCENT = 0.0001;

  private FaultAsked() {}

  static JsonNode body(String body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("body: no JSON (expected: an object)", e);
    }
    if (json == null || !json.isObject()) {
      throw new IllegalArgumentException("body: no object (expected: {…})");
    }
    json.fieldNames()
        .forEachRemaining(
            name -> {
              if (!FIELDS.contains(name)) {
                throw new IllegalArgumentException(
                    name + ": unknown (expected: " + String.join(", ", FIELDS) + ")");
              }
            });
    return json;
  }

  static ServiceKey service(JsonNode id) {
    String[] parts = id.asText().split("/", -1);
    if (parts.length != 2 || parts[0].isEmpty() || parts[1].isEmpty()) {
      throw new IllegalArgumentException(
          "service: '" + id.asText() + "' (expected: NAMESPACE/NAME, as shop/orders)");
    }
    return new ServiceKey(parts[0], parts[1]);
  }

  /**
   * @param id of the test
   */
  static FaultTest test(MeshModel model, JsonNode asked, String id, String by, Instant now) {
    ServiceKey service = service(asked.path("service"));
    if (model.service(service) == null) {
      throw new IllegalArgumentException(
          "service: '" + asked.path("service").asText() + "' (expected: one of the mesh)");
    }
    String route = route(model, service, asked.path("route"));
    Long delay = number(asked, "delayMillis", 1, LONGEST_DELAY.toMillis());
    Long status = number(asked, "abortStatus", 200, 599);
    int grpcStatus = grpcStatus(asked.path("abortGrpcStatus"));
    if (status != null && grpcStatus >= 0) {
      throw new IllegalArgumentException(
          "abortGrpcStatus: beside abortStatus (expected: one of them)");
    }
    if (delay == null && status == null && grpcStatus < 0) {
      throw new IllegalArgumentException(
          "delayMillis: absent (expected: it, abortStatus or abortGrpcStatus)");
    }
    Long seconds = number(asked, "seconds", 1, LONGEST.toSeconds());
    if (seconds == null) {
      throw new IllegalArgumentException(
          "seconds: absent (expected: 1 to " + LONGEST.toSeconds() + ", after which it ends)");
    }
    return new FaultTest(
        id,
        service,
        route,
        rule(asked, route),
        Duration.ofMillis(delay == null ? 0 : delay),
        status == null ? 0 : status.intValue(),
        grpcStatus,
        perMillion(asked.path("percent")),
        by,
        now,
        now.plusSeconds(seconds),
        null);
  }

  private static @Nullable String route(MeshModel model, ServiceKey service, JsonNode name) {
    if (!given(name)) {
      return null;
    }
    Set<String> known = new TreeSet<>();
    RouteSources.of(model, service.toString(), service.namespace())
        .forEach(source -> known.add(source.name()));
    if (!known.contains(name.asText())) {
      throw new IllegalArgumentException(
          "route: '"
              + name.asText()
              + "' (expected: "
              + (known.isEmpty()
                  ? "none; no route is applied for the service"
                  : "one of " + String.join(", ", known))
              + ")");
    }
    return name.asText();
  }

  private static @Nullable Integer rule(JsonNode asked, @Nullable String route) {
    Long rule = number(asked, "rule", 0, 1_000);
    if (rule != null && route == null) {
      throw new IllegalArgumentException("rule: without route (expected: both)");
    }
    return rule == null ? null : Integer.valueOf(rule.intValue());
  }

  private static int grpcStatus(JsonNode name) {
    if (!given(name)) {
      return -1;
    }
    int number = GrpcCode.NAMES.indexOf(name.asText());
    if (number <= 0) {
      throw new IllegalArgumentException(
          "abortGrpcStatus: '"
              + name.asText()
              + "' (expected: a status of gRPC that is an error, as UNAVAILABLE)");
    }
    return number;
  }

  private static int perMillion(JsonNode percent) {
    if (!given(percent)) {
      return FaultTest.ALL;
    }
    if (!percent.isNumber() || percent.asDouble() < LEAST_PERCENT || percent.asDouble() > 100) {
      throw new IllegalArgumentException(
          "percent: " + percent + " (expected: more than 0, to 100)");
    }
    return (int) Math.round(percent.asDouble() * FaultTest.ALL / 100);
  }

  private static @Nullable Long number(JsonNode asked, String name, long least, long most) {
    JsonNode number = asked.path(name);
    if (!given(number)) {
      return null;
    }
    if (!number.isIntegralNumber() || number.asLong() < least || number.asLong() > most) {
      throw new IllegalArgumentException(
          name + ": " + number + " (expected: " + least + " to " + most + ")");
    }
    return number.asLong();
  }

  private static boolean given(JsonNode json) {
    return !json.isMissingNode() && !json.isNull();
  }
}
