package io.endomesh.controller.console;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.controller.telemetry.Span;
import io.endomesh.controller.telemetry.Trace;
import io.endomesh.controller.telemetry.Traces;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Of what sort the errors of a service are, from the traces of the last minutes. Thread-safe. */
final class CauseJson {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private static final Duration WINDOW = Duration.ofMinutes(5);

  private static final int MAX_TRACES = 500;

  private static final int MAX_KINDS = 8;

  /** Of instances, callers and operations of one sort. */
  private static final int MAX_PARTS = 5;

  private final Function<Predicate<Trace>, List<Trace>> traces;
  private final Clock clock;

  CauseJson(Traces traces, Clock clock) {
    this(wanted -> traces.recent(wanted, MAX_TRACES), clock);
  }

  /**
   * @param traces those that are wanted, newest first
   */
  CauseJson(Function<Predicate<Trace>, List<Trace>> traces, Clock clock) {
    this.traces = traces;
    this.clock = clock;
  }

  /** Errors that have the same word and were decided by the same. */
  private static final class Sort {
    private final String kind;
    private final @Nullable String decidedBy;
    private final Map<String, Integer> instances = new TreeMap<>();
    private final Map<String, Integer> callers = new TreeMap<>();
    private final Map<String, Integer> operations = new TreeMap<>();
    private int count;
    private long lastNanos;
    private String traceId = "";

    Sort(String kind, @Nullable String decidedBy) {
      this.kind = kind;
      this.decidedBy = decidedBy;
    }

    void add(Span span, @Nullable String instance, @Nullable String caller) {
      count++;
      operations.merge(span.operation(), 1, Integer::sum);
      if (instance != null) {
        instances.merge(instance, 1, Integer::sum);
      }
      if (caller != null) {
        callers.merge(caller, 1, Integer::sum);
      }
      if (span.endNanos() >= lastNanos) {
        lastNanos = span.endNanos();
        traceId = span.traceId();
      }
    }
  }

  /**
   * @param service as the graph has it
   */
  ObjectNode of(String service) {
    Instant since = clock.instant().minus(WINDOW);
    long sinceNanos = TimeUnit.MILLISECONDS.toNanos(since.toEpochMilli());
    Map<String, Sort> sorts = new HashMap<>();
    List<Trace> seen =
        traces.apply(
            trace ->
                trace.endNanos() >= sinceNanos
                    && trace.spans().stream().anyMatch(span -> concerns(span, service)));
    seen.forEach(trace -> add(trace, service, sorts));
    ObjectNode json = JSON.objectNode().put("since", since.toString()).put("traces", seen.size());
    ArrayNode kinds = json.putArray("kinds");
    sorts.values().stream()
        .sorted(Comparator.comparingInt((Sort sort) -> sort.count).reversed())
        .limit(MAX_KINDS)
        .forEach(sort -> write(kinds.addObject(), sort));
    return json;
  }

  private static boolean concerns(Span span, String service) {
    return span.error() && (isServer(span, service) || isCall(span, service));
  }

  private static boolean isServer(Span span, String service) {
    return span.kind().equals("SERVER") && span.service().equals(service);
  }

  /** Callers name it as the data plane does, {@code orders.shop}. */
  private static boolean isCall(Span span, String service) {
    int slash = service.indexOf('/');
    String host =
        slash < 0 ? service : service.substring(slash + 1) + "." + service.substring(0, slash);
    return span.kind().equals("CLIENT")
        && host.equals(span.attributes().get("endomesh.destination"));
  }

  /** What the server says of a call counts; what its caller says, if no server has seen it. */
  private static void add(Trace trace, String service, Map<String, Sort> sorts) {
    Map<String, Span> byId = new HashMap<>();
    Set<String> served = new HashSet<>();
    for (Span span : trace.spans()) {
      byId.put(span.spanId(), span);
      if (span.kind().equals("SERVER") && span.parentSpanId() != null) {
        served.add(span.parentSpanId());
      }
    }
    for (Span span : trace.spans()) {
      boolean server = isServer(span, service);
      if (span.error() && (server || isCall(span, service) && !served.contains(span.spanId()))) {
        Span parent = span.parentSpanId() == null ? null : byId.get(span.parentSpanId());
        String caller = server ? parent == null ? null : parent.service() : span.service();
        sort(span, sorts).add(span, server ? span.instance() : null, caller);
      }
    }
  }

  private static Sort sort(Span span, Map<String, Sort> sorts) {
    String error = span.attributes().get("error.type");
    String kind = error == null ? span.statusMessage().isEmpty() ? "error" : "failed" : error;
    String policy =
        span.refusedBy() == null ? span.attributes().get("endomesh.policy") : span.refusedBy();
    return sorts.computeIfAbsent(kind + " " + policy, key -> new Sort(kind, policy));
  }

  private static void write(ObjectNode json, Sort sort) {
    json.put("kind", sort.kind)
        .put("decidedBy", sort.decidedBy)
        .put("count", sort.count)
        .put("lastAt", Instant.ofEpochMilli(sort.lastNanos / 1_000_000).toString())
        .put("traceId", sort.traceId);
    parts(json.putArray("instances"), sort.instances);
    parts(json.putArray("callers"), sort.callers);
    parts(json.putArray("operations"), sort.operations);
  }

  private static void parts(ArrayNode array, Map<String, Integer> counts) {
    List<Map.Entry<String, Integer>> sorted = new ArrayList<>(counts.entrySet());
    sorted.sort(Map.Entry.<String, Integer>comparingByValue().reversed());
    for (Map.Entry<String, Integer> part : sorted.subList(0, Math.min(MAX_PARTS, sorted.size()))) {
      array.addObject().put("name", part.getKey()).put("count", part.getValue());
    }
  }
}
