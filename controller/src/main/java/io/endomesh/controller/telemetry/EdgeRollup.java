package io.endomesh.controller.telemetry;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * One edge as both its ends report it. The client's word counts: it has seen the calls that never
 * arrived. Refusals are the server's. Not thread-safe; the {@link Rollups} lock guards it.
 */
final class EdgeRollup {

  /** Routes have a handful of destinations; more are counted in the edge only. */
  private static final int MAX_CLUSTERS = 64;

  private final String source;
  private final String destination;
  private final String protocol;
  private final Rollup byClient = new Rollup();
  private final Rollup byServer = new Rollup();
  private final Map<String, ClusterCount> clusters = new TreeMap<>();

  private static final class ClusterCount {
    private final Rate rate = new Rate(Rollup.SLOTS);
    private long total;
  }

  EdgeRollup(String source, String destination, String protocol) {
    this.source = source;
    this.destination = destination;
    this.protocol = protocol;
  }

  void add(CallPoint point, HistogramPoint calls, long nowMillis, long spanMillis) {
    if (point.side() == CallPoint.Side.SERVER) {
      byServer.add(calls, point.kind(), nowMillis, spanMillis);
      return;
    }
    byClient.add(calls, point.kind(), nowMillis, spanMillis);
    // By the first attempts, so that the shares add up to the calls of the edge.
    String cluster = point.first() ? point.cluster() : null;
    if (cluster != null && (clusters.size() < MAX_CLUSTERS || clusters.containsKey(cluster))) {
      ClusterCount count = clusters.computeIfAbsent(cluster, name -> new ClusterCount());
      count.total += calls.count();
      if (spanMillis >= 0) {
        count.rate.add(calls.count(), nowMillis, spanMillis);
      }
    }
  }

  String source() {
    return source;
  }

  String destination() {
    return destination;
  }

  String protocol() {
    return protocol;
  }

  boolean seenByClient() {
    return byClient.requestsTotal() > 0;
  }

  Rollup best() {
    return seenByClient() ? byClient : byServer;
  }

  Edge edge(long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000) - Rollup.REPORT_SECONDS;
    Stats stats = best().stats(nowMillis);
    if (seenByClient()) {
      stats = stats.withRefusals(byServer.stats(nowMillis));
    }
    double share = best().secureShare(nowMillis);
    List<Edge.ClusterShare> shares =
        clusters.entrySet().stream()
            .map(
                entry ->
                    new Edge.ClusterShare(
                        entry.getKey(),
                        entry.getValue().total,
                        entry.getValue().rate.sumBefore(second, Rollup.WINDOW_SECONDS)
                            / Rollup.WINDOW_SECONDS))
            .toList();
    return new Edge(
        source,
        destination,
        protocol,
        share == 0 ? "none" : share >= 1 ? "all" : "some",
        stats,
        shares);
  }
}
