package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.telemetry.Refusal;
import io.endomesh.controller.telemetry.Rollups;
import io.endomesh.controller.telemetry.Series;
import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.Trace;
import io.endomesh.controller.telemetry.Traces;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Traces, refusals and series as JSON. Thread-safe. */
final class TraceJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Traces traces;
  private final Rollups rollups;
  private final Clock clock;

  TraceJson(Traces traces, Rollups rollups, Clock clock) {
    this.traces = traces;
    this.rollups = rollups;
    this.clock = clock;
  }

  ArrayNode recent(Predicate<Trace> wanted, int limit) {
    ArrayNode list = JSON.arrayNode();
    Instant now = clock.instant();
    for (Trace trace : traces.recent(wanted.and(trace -> trace.begun(now)), limit)) {
      Span root = trace.root();
      ObjectNode json =
          list.addObject()
              .put("traceId", trace.traceId())
              .put("name", root.operation())
              .put("serviceId", root.service())
              .put("startedAt", instant(trace.startNanos()).toString())
              .put("durationMillis", durationMillis(trace))
              .put("spans", trace.spans().size());
      ArrayNode services = json.putArray("services");
      trace.services().forEach(services::add);
      json.put("error", trace.error()).put("refusedBy", trace.refusedBy());
    }
    return list;
  }

  static ObjectNode trace(Trace trace) {
    long start = trace.startNanos();
    ObjectNode json =
        JSON.objectNode()
            .put("traceId", trace.traceId())
            .put("startedAt", instant(start).toString())
            .put("durationMillis", durationMillis(trace));
    ArrayNode spans = json.putArray("spans");
    for (Span span : trace.spans()) {
      ObjectNode child =
          spans
              .addObject()
              .put("spanId", span.spanId())
              .put("parentSpanId", span.parentSpanId())
              .put("serviceId", span.service())
              .put("instance", span.instance())
              .put("name", span.operation())
              .put("kind", span.kind())
              .put("startOffsetMicros", TimeUnit.NANOSECONDS.toMicros(span.startNanos() - start))
              .put(
                  "durationMicros",
                  TimeUnit.NANOSECONDS.toMicros(span.endNanos() - span.startNanos()))
              .put("error", span.error())
              .put("statusMessage", span.statusMessage())
              .put("refusedBy", span.refusedBy());
      ObjectNode attributes = child.putObject("attributes");
      span.attributes().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(attribute -> attributes.put(attribute.getKey(), attribute.getValue()));
    }
    return json;
  }

  ObjectNode refusals(int limit) {
    ObjectNode json = JSON.objectNode();
    calls(json.putArray("refusals"), traces.refusals(limit));
    sums(json.putArray("policies"), rollups.refusalsByPolicy());
    ObjectNode observed = json.putObject("observed");
    calls(observed.putArray("calls"), traces.observed(limit));
    sums(observed.putArray("policies"), rollups.observedByPolicy());
    return json;
  }

  private static void calls(ArrayNode array, List<Refusal> refusals) {
    for (Refusal refusal : refusals) {
      array
          .addObject()
          .put("effect", word(refusal.effect()))
          .put("at", refusal.at().toString())
          .put("policy", refusal.policy())
          .put("source", refusal.callerId())
          .put("sourceId", refusal.source())
          .put("destinationId", refusal.destination())
          .put("instance", refusal.instance())
          .put("protocol", refusal.protocol())
          .put("operation", refusal.operation())
          .put("status", refusal.status())
          .put("traceId", refusal.traceId());
    }
  }

  private static void sums(ArrayNode array, List<Rollups.PolicyRefusals> sums) {
    for (Rollups.PolicyRefusals refused : sums) {
      array
          .addObject()
          .put("effect", word(refused.effect()))
          .put("policy", refused.policy())
          .put("destinationId", refused.destination())
          .put("sourceId", refused.source())
          .put("total", refused.total())
          .put("lastAt", refused.lastAt().toString());
    }
  }

  private static String word(Refusal.Effect effect) {
    return switch (effect) {
      case REFUSED -> "refused";
      case WOULD_REFUSE -> "would-refuse";
      case AUDITED -> "audited";
    };
  }

  static ObjectNode series(Series series) {
    ObjectNode json =
        JSON.objectNode()
            .put("stepSeconds", series.stepSeconds())
            .put("start", series.start().toString());
    addAll(json.putArray("requestsPerSecond"), series.requestsPerSecond());
    addAll(json.putArray("errorsPerSecond"), series.errorsPerSecond());
    addAll(json.putArray("p50Millis"), series.p50Millis());
    addAll(json.putArray("p99Millis"), series.p99Millis());
    return json;
  }

  private static void addAll(ArrayNode array, Iterable<? extends @Nullable Double> values) {
    values.forEach(value -> array.add(MeshJson.rounded(value)));
  }

  private static double durationMillis(Trace trace) {
    return Math.round((trace.endNanos() - trace.startNanos()) / 1e4) / 1e2;
  }

  private static Instant instant(long epochNanos) {
    long second = TimeUnit.SECONDS.toNanos(1);
    return Instant.ofEpochSecond(epochNanos / second, epochNanos % second);
  }
}
