package io.endomesh.controller.telemetry;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The sums of everything that agents report: per edge, service, workload and policy. They live in
 * memory: agents report sums since their own start, so that a restarted controller has those of the
 * living at once. Thread-safe; one lock, held for microseconds a point.
 */
public final class Rollups {

  /** What happened longer ago than this is no part of a rate. */
  private static final long MAX_SPAN_MILLIS = Rollup.WINDOW_SECONDS * 1000L;

  /** The graph names so many hosts outside of the mesh; calls to more come together in one node. */
  private static final int MAX_EXTERNAL = 200;

  private static final String OTHER_EXTERNAL = GraphNodes.external("others");

  /** Others that one service calls or is called by; a screen shows fewer. */
  private static final int MAX_PEERS = 500;

  /** Policies and callers of one service for which refusals are told apart. */
  private static final int MAX_REFUSALS = 2_000;

  /** Clusters of one service's calls: a few for each service that it calls. */
  private static final int MAX_CLUSTERS = 1_000;

  /** Of all instances of one service in 15 minutes: a hundred, of a hundred kinds of calls each. */
  private static final int MAX_SERIES = 10_000;

  /** Of one service in 15 minutes. */
  private static final int MAX_INSTANCES = 2_000;

  /** A host name has at most 253 characters, a name of a resource as many. */
  private static final int MAX_NAME = 600;

  /** All attributes of a series, with what names it. */
  private static final int MAX_SERIES_NAME = 8_000;

  /** Reports of the two ends of a call arrive up to so much apart. */
  private static final int REPORT_LAG_SECONDS = 3;

  private final Clock clock;
  private final CallTotals totals;
  private final long startedMillis;
  // All guarded by this.
  private final LastPoints lastPoints = new LastPoints();
  private final Map<String, LastReport> lastReports = new HashMap<>();
  private final Map<String, EdgeRollup> edges = new TreeMap<>();
  private final Map<String, Rollup> inbound = new HashMap<>();
  private final Map<String, Rollup> outbound = new HashMap<>();
  private final Map<String, Rollup> instances = new HashMap<>();
  private final Map<String, Rollup> clusters = new TreeMap<>();
  private final Map<String, PolicyRefusals> policies = new TreeMap<>();
  private final Map<String, PolicyRefusals> observed = new TreeMap<>();
  private final Set<String> external = new HashSet<>();
  private final Bounded peers = new Bounded(MAX_PEERS, MAX_NAME);
  private final Bounded callersClusters = new Bounded(MAX_CLUSTERS, MAX_NAME);
  private final Bounded refusals = new Bounded(MAX_REFUSALS, 2 * MAX_NAME);
  private final Bounded series = new Bounded(MAX_SERIES, MAX_SERIES_NAME);
  private final Bounded reporting = new Bounded(MAX_INSTANCES, MAX_NAME);
  private long pointsTotal;
  private long nextCleaningMillis;

  /** Of one process: the end of its report by its own clock, and when it came by ours. */
  private record LastReport(long timeNanos, long seenMillis) {

    LastReport newer(LastReport other) {
      return new LastReport(Math.max(timeNanos, other.timeNanos), other.seenMillis);
    }
  }

  /**
   * @param totals get what is counted, too
   */
  Rollups(Clock clock, CallTotals totals) {
    this.clock = clock;
    this.totals = totals;
    this.startedMillis = clock.millis();
    this.nextCleaningMillis = startedMillis + LastPoints.IDLE.toMillis();
  }

  /**
   * How often one policy refused one caller at one service, or would have. Immutable.
   *
   * @param source graph node
   * @param destination graph node
   */
  public record PolicyRefusals(
      Refusal.Effect effect,
      String policy,
      String source,
      String destination,
      long total,
      Instant lastAt) {}

  synchronized void add(List<CallPoint> points) {
    long nowMillis = clock.millis();
    List<CallPoint> taken = new ArrayList<>(points.size());
    for (CallPoint point : points) {
      String reporter = point.reporter().toString();
      if (reporting.admits(reporter, point.instance()) && series.admits(reporter, point.series())) {
        taken.add(point);
        add(point, nowMillis);
      }
    }
    for (CallPoint point : taken) {
      lastReports.merge(
          point.instance(),
          new LastReport(point.histogram().timeNanos(), nowMillis),
          LastReport::newer);
    }
    if (nowMillis >= nextCleaningMillis) {
      forgetIdle(nowMillis);
    }
  }

  private void add(CallPoint point, long nowMillis) {
    pointsTotal++;
    HistogramPoint now = point.histogram();
    HistogramPoint calls;
    HistogramPoint last = point.cumulative() ? lastPoints.find(point.series()) : null;
    if (last == null) {
      calls = now;
    } else if (now.timeNanos() <= last.timeNanos()) {
      // Overtaken by a newer report, which has these calls in it.
      return;
    } else if (now.count() < last.count()) {
      // Sums only grow: whoever sends this has begun anew without saying so.
      calls = now;
    } else {
      calls = now.since(last);
    }
    if (point.cumulative()) {
      lastPoints.put(point.series(), now, nowMillis);
    }
    if (calls.count() > 0) {
      String peer = known(point.reporter().toString(), point.peer());
      count(point, peer, calls, nowMillis, spanMillis(point, last));
      if (last != null || isSinceTheStart(point, nowMillis)) {
        totals.add(point, peer, calls, nowMillis);
      }
    }
  }

  /** False for sums in which calls may be of the time before this controller. */
  private boolean isSinceTheStart(CallPoint point, long nowMillis) {
    HistogramPoint sums = point.histogram();
    // By the clock of each: they need not agree.
    long age = (sums.timeNanos() - sums.startNanos()) / 1_000_000;
    return !point.cumulative()
        || lastReports.containsKey(point.instance())
        || age <= nowMillis - startedMillis;
  }

  /** Over which time the new calls happened; negative if part of it is too long ago. */
  private long spanMillis(CallPoint point, @Nullable HistogramPoint last) {
    HistogramPoint now = point.histogram();
    long since = last != null ? last.timeNanos() : now.startNanos();
    // A process that reports a call of a new kind had none of it before its last report.
    LastReport report = lastReports.get(point.instance());
    if (report != null) {
      since = Math.max(since, report.timeNanos());
    }
    long span = Math.max(0, (now.timeNanos() - since) / 1_000_000);
    return span <= MAX_SPAN_MILLIS ? span : -1;
  }

  private void count(
      CallPoint point, String peer, HistogramPoint calls, long nowMillis, long spanMillis) {
    String self = point.reporter().toString();
    boolean client = point.side() == CallPoint.Side.CLIENT;
    String source = client ? self : peer;
    String destination = client ? peer : self;
    edges
        .computeIfAbsent(
            Edge.id(source, destination, point.protocol()),
            id -> new EdgeRollup(source, destination, point.protocol()))
        .add(point, calls, nowMillis, spanMillis);
    (client ? outbound : inbound)
        .computeIfAbsent(self, id -> new Rollup())
        .add(calls, point.kind(), nowMillis, spanMillis);
    String cluster = point.cluster();
    if (client && cluster != null && callersClusters.admits(self, cluster)) {
      clusters
          .computeIfAbsent(cluster, name -> new Rollup())
          .add(calls, point.kind(), nowMillis, spanMillis);
    }
    if (!client) {
      instances
          .computeIfAbsent(point.instance(), id -> new Rollup())
          .add(calls, point.kind(), nowMillis, spanMillis);
    }
    long count = calls.count();
    sum(self, policies, Refusal.Effect.REFUSED, point.policy(), source, destination, count);
    sum(self, observed, Refusal.Effect.WOULD_REFUSE, point.dryRun(), source, destination, count);
    sum(self, observed, Refusal.Effect.AUDITED, point.audit(), source, destination, count);
  }

  private void sum(
      String reporter,
      Map<String, PolicyRefusals> sums,
      Refusal.Effect effect,
      @Nullable String policy,
      String source,
      String destination,
      long calls) {
    String refusal = effect + "|" + policy + "|" + source + "|" + destination;
    if (policy != null && refusals.admits(reporter, refusal)) {
      sums.merge(
          refusal,
          new PolicyRefusals(effect, policy, source, destination, calls, clock.instant()),
          (old, more) ->
              new PolicyRefusals(
                  effect, policy, source, destination, old.total() + more.total(), more.lastAt()));
    }
  }

  private String known(String reporter, String peer) {
    if (!peers.admits(reporter, peer)) {
      return OTHER_EXTERNAL;
    }
    if (!GraphNodes.kind(peer).equals("external") || external.contains(peer)) {
      return peer;
    }
    return external.size() < MAX_EXTERNAL && external.add(peer) ? peer : OTHER_EXTERNAL;
  }

  private void forgetIdle(long nowMillis) {
    long limit = nowMillis - LastPoints.IDLE.toMillis();
    lastPoints.retire(nowMillis);
    lastReports.values().removeIf(report -> report.seenMillis() < limit);
    instances.keySet().retainAll(lastReports.keySet());
    series.retain(lastPoints.live());
    reporting.retain(lastReports.keySet());
    nextCleaningMillis = nowMillis + LastPoints.IDLE.toMillis();
  }

  /** Sorted by source, then destination. */
  public synchronized List<Edge> edges() {
    long nowMillis = clock.millis();
    List<Edge> list = new ArrayList<>(edges.size());
    for (EdgeRollup edge : edges.values()) {
      if (edge.source().equals(GraphNodes.OUTSIDE)) {
        outside(edge, nowMillis).ifPresent(list::add);
      } else {
        list.add(edge.edge(nowMillis));
      }
    }
    return list;
  }

  /**
   * Servers cannot tell a caller outside of the mesh from one inside that called in plaintext; but
   * the latter has reported its call itself. What is left came from outside.
   */
  private Optional<Edge> outside(EdgeRollup edge, long nowMillis) {
    Inside inside = inside(edge, nowMillis);
    long fromInside = inside.total();
    double fromInsidePerSecond = inside.perSecond();
    Edge all = edge.edge(nowMillis);
    if (fromInside == 0) {
      return Optional.of(all);
    }
    Stats stats = all.stats();
    long left = stats.requestsTotal() - fromInside;
    if (left <= stats.requestsPerSecond() * REPORT_LAG_SECONDS) {
      return Optional.empty();
    }
    return Optional.of(
        new Edge(
            all.source(),
            all.destination(),
            all.protocol(),
            all.mtls(),
            new Stats(
                left,
                Math.min(left, stats.errorsTotal()),
                Math.min(left, stats.refusedTotal()),
                stats.retriesTotal(),
                Math.max(0, stats.requestsPerSecond() - fromInsidePerSecond),
                stats.errorsPerSecond(),
                stats.refusedPerSecond(),
                stats.retriesPerSecond(),
                stats.errorRatio(),
                stats.p50Millis(),
                stats.p99Millis(),
                stats.windowSeconds()),
            all.clusters()));
  }

  /** Calls in plaintext of which the caller has reported itself. */
  private record Inside(long total, double perSecond) {}

  private Inside inside(EdgeRollup edge, long nowMillis) {
    long total = 0;
    double perSecond = 0;
    for (EdgeRollup other : edges.values()) {
      if (other.seenByClient()
          && other.destination().equals(edge.destination())
          && other.protocol().equals(edge.protocol())) {
        total += other.best().plainTotal();
        perSecond += other.best().plainPerSecond(nowMillis);
      }
    }
    return new Inside(total, perSecond);
  }

  /**
   * Who has called in plaintext whom, as far as agents count it: all calls, not those of traces
   * only. What is no HTTP and no gRPC is not told.
   */
  public synchronized List<Plaintext> plaintext() {
    long nowMillis = clock.millis();
    List<Plaintext> list = new ArrayList<>();
    for (EdgeRollup edge : edges.values()) {
      Rollup seen = edge.best();
      long total = seen.plainTotal();
      if (total == 0 || edge.protocol().equals("sql")) {
        continue;
      }
      double perSecond = seen.plainPerSecond(nowMillis);
      if (edge.source().equals(GraphNodes.OUTSIDE)) {
        Inside inside = inside(edge, nowMillis);
        total -= inside.total();
        if (total <= (inside.total() == 0 ? 0 : perSecond * REPORT_LAG_SECONDS)) {
          continue;
        }
        perSecond = Math.max(0, perSecond - inside.perSecond());
      }
      list.add(
          new Plaintext(
              edge.source(),
              edge.destination(),
              edge.protocol(),
              total,
              perSecond,
              Instant.ofEpochMilli(seen.lastPlainMillis())));
    }
    return list;
  }

  /** What the servers of a service saw. */
  public synchronized Stats inbound(String service) {
    return stats(inbound.get(service));
  }

  /** What the clients in a service saw. */
  public synchronized Stats outbound(String service) {
    return stats(outbound.get(service));
  }

  /** What the servers of one workload saw. */
  public synchronized Stats instance(String instance) {
    return stats(instances.get(instance));
  }

  /** What all clients saw of the clusters that have these names. */
  public synchronized List<ClusterStats> clusters(Predicate<String> names) {
    List<ClusterStats> list = new ArrayList<>();
    clusters.forEach(
        (name, rollup) -> {
          if (names.test(name)) {
            list.add(
                new ClusterStats(
                    name,
                    rollup.watchedRequests(),
                    rollup.watchedErrors(),
                    rollup.stats(clock.millis())));
          }
        });
    return list;
  }

  private Stats stats(@Nullable Rollup rollup) {
    return rollup == null ? Stats.NONE : rollup.stats(clock.millis());
  }

  public synchronized Optional<Series> edgeSeries(String edgeId) {
    return Optional.ofNullable(edges.get(edgeId)).map(edge -> edge.best().series(clock.millis()));
  }

  public synchronized Optional<Series> serviceSeries(String service) {
    return Optional.ofNullable(inbound.get(service)).map(rollup -> rollup.series(clock.millis()));
  }

  public synchronized List<PolicyRefusals> refusalsByPolicy() {
    return List.copyOf(policies.values());
  }

  /** What policies that only look on have seen. */
  public synchronized List<PolicyRefusals> observedByPolicy() {
    return List.copyOf(observed.values());
  }

  public synchronized long pointsTotal() {
    return pointsTotal;
  }
}
