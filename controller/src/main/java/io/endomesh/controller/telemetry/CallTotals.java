package io.endomesh.controller.telemetry;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was called since this controller runs, by labels: for Prometheus, which makes rates of it
 * and keeps them. Calls of the time before are not in it: as the first value of a counter that
 * began anew they would look as if all of them had just been made. Thread-safe.
 */
public final class CallTotals {

  /** In seconds. From half a millisecond, what a call in one JVM takes, to ten seconds. */
  static final double[] BOUNDS = {
    0.0005, 0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10
  };

  /**
   * For each of the two sets of names. A scrape of Prometheus has 16 lines for each: it would take
   * no more than some hundred megabytes without compression, and then only.
   */
  private static final int MAX_SERIES = 10_000;

  /** Of one service, so that one cannot take the place of others. */
  private static final int MAX_OF_SERVICE = 1_000;

  /** When there is no room, those make it that have not changed for so long. */
  private static final Duration IDLE = Duration.ofHours(1);

  private final String trustDomain;
  private final Function<String, @Nullable String> versions;
  private final Map<CallMetric, Group> byMetric = new EnumMap<>(CallMetric.class);
  private final Group istio = new Group();
  private long overflown;

  /**
   * @param versions of workloads by instance
   */
  CallTotals(String trustDomain, Function<String, @Nullable String> versions) {
    this.trustDomain = trustDomain;
    this.versions = versions;
    for (CallMetric metric : CallMetric.values()) {
      byMetric.put(metric, new Group());
    }
  }

  /**
   * One series: how many calls took how long. Immutable.
   *
   * @param labels as in Prometheus's text
   * @param sumSeconds of all
   * @param buckets for each of the bounds those that took at most so long; then all
   */
  public record Total(String labels, double sumSeconds, long[] buckets) {

    public long count() {
      return buckets[buckets.length - 1];
    }
  }

  private static final class Counted {
    private final String service;
    private final long[] calls = new long[BOUNDS.length + 1];
    private double sumSeconds;
    private long changedMillis;

    Counted(String service) {
      this.service = service;
    }

    void add(HistogramPoint more, long nowMillis) {
      changedMillis = nowMillis;
      sumSeconds += more.sumSeconds();
      long left = more.count();
      long zero = Math.min(left, more.zeroCount());
      calls[0] += zero;
      left -= zero;
      for (int i = 0; i < more.buckets().length && left > 0; i++) {
        long some = Math.max(0, Math.min(left, more.buckets()[i]));
        calls[bucket(more.middle(i))] += some;
        left -= some;
      }
      // What is in no bucket took longer than anything that buckets are for.
      calls[BOUNDS.length] += left;
    }

    private static int bucket(double seconds) {
      int bucket = 0;
      while (bucket < BOUNDS.length && seconds > BOUNDS[bucket]) {
        bucket++;
      }
      return bucket;
    }

    Total total(String labels) {
      long[] sums = new long[calls.length];
      long sum = 0;
      for (int i = 0; i < calls.length; i++) {
        sum += calls[i];
        sums[i] = sum;
      }
      return new Total(labels, sumSeconds, sums);
    }
  }

  /** Series that have the same names of labels. */
  private static final class Group {
    private final Map<String, Counted> series = new LinkedHashMap<>();
    private final Map<String, Integer> byService = new LinkedHashMap<>();

    /** Null if there is no room. */
    @Nullable Counted find(String labels, String service, int others, long nowMillis) {
      Counted known = series.get(labels);
      if (known != null) {
        return known;
      }
      if (isFull(service, others)) {
        forgetIdle(nowMillis);
        if (isFull(service, others)) {
          return null;
        }
      }
      byService.merge(service, 1, Integer::sum);
      return put(labels, service);
    }

    Counted put(String labels, String service) {
      return series.computeIfAbsent(labels, text -> new Counted(service));
    }

    private boolean isFull(String service, int others) {
      return series.size() + others >= MAX_SERIES
          || byService.getOrDefault(service, 0) >= MAX_OF_SERVICE;
    }

    private void forgetIdle(long nowMillis) {
      long limit = nowMillis - IDLE.toMillis();
      if (series.values().removeIf(counted -> counted.changedMillis < limit)) {
        byService.clear();
        series.values().forEach(left -> byService.merge(left.service, 1, Integer::sum));
      }
    }

    List<Total> totals() {
      List<Total> totals = new ArrayList<>(series.size());
      series.forEach((labels, counted) -> totals.add(counted.total(labels)));
      return totals;
    }
  }

  /**
   * @param peer the other end, among as many as are told apart
   * @param calls that were made since the last report
   */
  synchronized void add(CallPoint point, String peer, HistogramPoint calls, long nowMillis) {
    String version = versions.apply(point.instance());
    String service = point.reporter().toString();
    CallMetric.of(point.reported().metric())
        .ifPresent(
            metric -> {
              Group group = Objects.requireNonNull(byMetric.get(metric), "one of each metric");
              String labels = CallLabels.of(metric, point, peer, version);
              int others = size() - group.series.size();
              count(group, labels, service, others, CallLabels.overflow(point), calls, nowMillis);
            });
    if (IstioLabels.tells(point)) {
      String labels = IstioLabels.of(point, peer, trustDomain, version);
      count(istio, labels, service, 0, IstioLabels.overflow(point), calls, nowMillis);
    }
  }

  private void count(
      Group group,
      String labels,
      String service,
      int others,
      String overflow,
      HistogramPoint calls,
      long nowMillis) {
    Counted counted = group.find(labels, service, others, nowMillis);
    if (counted == null) {
      overflown++;
      // One for each service and kind: as many as there are services, which are given certificates.
      counted = group.put(overflow, service);
    }
    counted.add(calls, nowMillis);
  }

  private int size() {
    return byMetric.values().stream().mapToInt(group -> group.series.size()).sum();
  }

  /** Series of OpenTelemetry's names. */
  public synchronized List<Total> totals(CallMetric metric) {
    Group group = byMetric.get(metric);
    return group == null ? List.of() : group.totals();
  }

  /** Requests by Istio's names. */
  public synchronized List<Total> istio() {
    return istio.totals();
  }

  /** How many series there are, by either names. */
  public synchronized int seriesCount() {
    return size() + istio.series.size();
  }

  /** How often calls were counted in a series for what was too much. */
  public synchronized long overflown() {
    return overflown;
  }

  /** Upper bounds of the buckets, in seconds. */
  public static double[] bounds() {
    return BOUNDS.clone();
  }
}
