package io.endomesh.controller.telemetry;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The most recent traces and refusals, as many as fit in a bounded memory: the oldest make room.
 * Thread-safe.
 */
public final class Traces {

  /** About 20,000 spans. */
  private static final long MAX_BYTES = 32L * 1024 * 1024;

  /** A trace with more is a loop; what it shows it shows with these. */
  private static final int MAX_SPANS = 2000;

  /** A page of the console shows 100. */
  private static final int MAX_REFUSALS = 500;

  private final long maxBytes;
  // All guarded by this. Oldest first.
  private final Map<String, Map<String, Span>> spansByTrace = new LinkedHashMap<>();
  private final Deque<Refusal> refusals = new ArrayDeque<>();
  private final Deque<Refusal> observed = new ArrayDeque<>();
  private long bytes;
  private long spansTotal;
  private long evictedTotal;

  public Traces() {
    this(MAX_BYTES);
  }

  Traces(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  synchronized void add(List<Span> spans) {
    for (Span span : spans) {
      Map<String, Span> trace =
          spansByTrace.computeIfAbsent(span.traceId(), id -> new LinkedHashMap<>());
      // An agent that got no answer sends its spans again.
      if (trace.size() < MAX_SPANS && trace.putIfAbsent(span.spanId(), span) == null) {
        bytes += span.sizeBytes();
        spansTotal++;
        add(refusals, span.refusal());
        add(observed, span.observed());
      }
    }
    Iterator<Map<String, Span>> oldest = spansByTrace.values().iterator();
    while (bytes > maxBytes && oldest.hasNext()) {
      for (Span span : oldest.next().values()) {
        bytes -= span.sizeBytes();
      }
      oldest.remove();
      evictedTotal++;
    }
  }

  private static void add(Deque<Refusal> latest, @Nullable Refusal refusal) {
    if (refusal != null) {
      latest.addFirst(refusal);
      if (latest.size() > MAX_REFUSALS) {
        latest.removeLast();
      }
    }
  }

  /** Newest first. */
  public synchronized List<Trace> recent(Predicate<Trace> wanted, int limit) {
    List<Map.Entry<String, Map<String, Span>>> all = new ArrayList<>(spansByTrace.entrySet());
    List<Trace> found = new ArrayList<>(limit);
    for (int i = all.size() - 1; i >= 0 && found.size() < limit; i--) {
      Trace trace = trace(all.get(i).getKey(), all.get(i).getValue());
      if (wanted.test(trace)) {
        found.add(trace);
      }
    }
    return found;
  }

  public synchronized Optional<Trace> find(String traceId) {
    return Optional.ofNullable(spansByTrace.get(traceId)).map(spans -> trace(traceId, spans));
  }

  private static Trace trace(String traceId, Map<String, Span> spans) {
    return new Trace(traceId, List.copyOf(spans.values()));
  }

  /** Newest first. */
  public synchronized List<Refusal> refusals(int limit) {
    return refusals.stream().limit(limit).toList();
  }

  /** What policies that only look on have seen, newest first. */
  public synchronized List<Refusal> observed(int limit) {
    return observed.stream().limit(limit).toList();
  }

  public synchronized long spansTotal() {
    return spansTotal;
  }

  public synchronized long evictedTotal() {
    return evictedTotal;
  }
}
