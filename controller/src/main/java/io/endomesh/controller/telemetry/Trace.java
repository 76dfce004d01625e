package io.endomesh.controller.telemetry;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The spans of one trace that have arrived. Immutable. */
public record Trace(String traceId, List<Span> spans) {

  /** Agents send what they have once a second. */
  private static final Duration ARRIVAL = Duration.ofSeconds(3);

  /** Spans in the order of a reader: parents before children, siblings by start. */
  public Trace {
    spans = inOrder(spans);
  }

  /** Its first span; of those whose parent has not arrived, the earliest. */
  public Span root() {
    return spans.get(0);
  }

  /**
   * Whether its first span is here, or else would be by now. A trace that began outside the mesh
   * has none, and one that is just arriving would be named after whichever span came first.
   */
  public boolean begun(Instant now) {
    return root().parentSpanId() == null
        || endNanos() <= TimeUnit.MILLISECONDS.toNanos(now.minus(ARRIVAL).toEpochMilli());
  }

  public long startNanos() {
    return spans.stream().mapToLong(Span::startNanos).min().orElse(0);
  }

  public long endNanos() {
    return spans.stream().mapToLong(Span::endNanos).max().orElse(0);
  }

  /** Services in the order in which the trace comes to them. */
  public Set<String> services() {
    Set<String> services = new LinkedHashSet<>();
    spans.forEach(span -> services.add(span.service()));
    return services;
  }

  /** Whether the caller got an error: what a retry has mended is none. */
  public boolean error() {
    return root().error();
  }

  public @Nullable String refusedBy() {
    for (Span span : spans) {
      if (span.refusedBy() != null) {
        return span.refusedBy();
      }
    }
    return null;
  }

  private static List<Span> inOrder(List<Span> spans) {
    Set<String> ids = new HashSet<>();
    spans.forEach(span -> ids.add(span.spanId()));
    Map<String, List<Span>> children = new HashMap<>();
    List<Span> tops = new ArrayList<>();
    for (Span span : spans) {
      String parent = span.parentSpanId();
      if (parent == null || !ids.contains(parent) || parent.equals(span.spanId())) {
        tops.add(span);
      } else {
        children.computeIfAbsent(parent, id -> new ArrayList<>()).add(span);
      }
    }
    Comparator<Span> byStart = Comparator.comparingLong(Span::startNanos);
    // A span without a parent begins the trace, whatever the clocks of other machines say.
    tops.sort(
        Comparator.<Span, Boolean>comparing(span -> span.parentSpanId() != null)
            .thenComparing(byStart));
    Deque<Span> open = new ArrayDeque<>();
    List<Span> ordered = new ArrayList<>(spans.size());
    for (Span top : tops) {
      open.push(top);
      while (!open.isEmpty()) {
        Span span = open.pop();
        ordered.add(span);
        List<Span> next = children.getOrDefault(span.spanId(), List.of());
        next.stream().sorted(byStart.reversed()).forEach(open::push);
      }
    }
    return List.copyOf(ordered);
  }
}
