package io.endomesh.controller.tap;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.endomesh.dataplane.limit.CellRate;
import io.endomesh.dataplane.limit.Rate;
import io.endomesh.proto.v1.Tap;
import io.endomesh.proto.v1.TapReport;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** One who looks. Thread-safe. */
final class Viewer {

  /** An agent answers at once; on a slow machine within this. */
  private static final long DEAF_NANOS = TimeUnit.SECONDS.toNanos(3);

  private static final int MAX_DEAF_NAMED = 5;

  final String id;
  private final TapQuery query;
  private final Tap tap;
  private final Consumer<String> events;
  private final LongSupplier nanoTime;
  private final long startNanos;
  private final CellRate rate;
  private final Map<TapHub.Line, TapReport> counts = new ConcurrentHashMap<>();
  private final LongAdder told = new LongAdder();
  private final LongAdder leftOut = new LongAdder();

  Viewer(String id, TapQuery query, Consumer<String> events, LongSupplier nanoTime) {
    this.id = id;
    this.query = query;
    this.tap = query.tap().toBuilder().setId(id).build();
    this.events = events;
    this.nanoTime = nanoTime;
    this.startNanos = nanoTime.getAsLong();
    int perSecond = query.maxPerSecond();
    this.rate =
        new CellRate(
            new Rate(perSecond, TimeUnit.SECONDS.toNanos(1), perSecond),
            /* buckets= */ 1,
            startNanos);
  }

  Tap tap() {
    return tap;
  }

  boolean wants(TapHub.Line line) {
    return query.isOfAll()
        || query.service().equals(line.service) && query.namespace().equals(line.namespace);
  }

  void counted(TapHub.Line line, TapReport report) {
    counts.put(line, report.toBuilder().clearRecords().build());
  }

  void gone(TapHub.Line line) {
    counts.remove(line);
  }

  /** False if it is one too many. */
  boolean tell(String record) {
    if (rate.take(0, nanoTime.getAsLong()) != 0) {
      leftOut.increment();
      return false;
    }
    told.increment();
    events.accept("event: record\ndata: " + record + "\n\n");
    return true;
  }

  /** It did not get one because it reads too slowly. */
  void missed() {
    told.decrement();
    leftOut.increment();
  }

  /** How it goes, and why nothing comes if nothing does. */
  String status(List<TapHub.Line> lines) {
    List<TapHub.Line> deaf = lines.stream().filter(line -> !counts.containsKey(line)).toList();
    long seen = counts.values().stream().mapToLong(TapReport::getSeen).sum();
    long matched = counts.values().stream().mapToLong(TapReport::getMatched).sum();
    long tooMany = counts.values().stream().mapToLong(TapReport::getLeftOut).sum() + leftOut.sum();
    ObjectNode status =
        JsonNodeFactory.instance
            .objectNode()
            .put("workloads", lines.size())
            .put("listening", lines.size() - deaf.size())
            .put("seen", seen)
            .put("matched", matched)
            .put("told", told.sum())
            .put("leftOut", tooMany);
    status.put("empty", told.sum() > 0 ? "" : why(lines.size(), deaf, seen, matched));
    return "event: status\ndata: " + status + "\n\n";
  }

  private String why(int workloads, List<TapHub.Line> deaf, long seen, long matched) {
    if (workloads == 0) {
      return "no workload of " + query.namespace() + "/" + query.service() + " is connected";
    }
    if (matched > 0) {
      return "";
    }
    if (seen > 0) {
      return "none of " + seen + " calls is let through by the filter";
    }
    if (!deaf.isEmpty() && nanoTime.getAsLong() - startNanos > DEAF_NANOS) {
      return "these have an agent that does not know tap: "
          + String.join(
              ", ",
              deaf.stream()
                  .limit(MAX_DEAF_NAMED)
                  .map(line -> line.instance + " (agent " + line.agentVersion + ")")
                  .toList());
    }
    return "no call has ended since";
  }
}
