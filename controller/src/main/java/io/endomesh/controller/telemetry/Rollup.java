package io.endomesh.controller.telemetry;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.HdrHistogram.PackedHistogram;
import org.jspecify.annotations.Nullable;

/**
 * Adds up calls and the attempts they took: totals for ever, rates for minutes, durations for
 * seconds. Not thread-safe; the {@link Rollups} lock guards it.
 */
final class Rollup {

  /** What rates and percentiles describe: short enough to see a change, long enough to be calm. */
  static final int WINDOW_SECONDS = 10;

  /** Five minutes: what a chart beside the graph shows. */
  static final int SERIES_SECONDS = 300;

  /**
   * Agents report once a second: the calls of the last full second may still be on their way, so
   * rates are of the window before it. Else they would be low by up to a tenth.
   */
  static final int REPORT_SECONDS = 1;

  /** Slots of what is kept for the window: it, the second on its way, and the one that fills. */
  static final int SLOTS = WINDOW_SECONDS + REPORT_SECONDS + 1;

  /** An hour in microseconds; what takes longer is counted as an hour. */
  private static final long MAX_MICROS = 3_600_000_000L;

  /** Two digits: finer than the buckets that agents send. */
  private static final int DIGITS = 2;

  /** Of {@link #lastPlainMillis}. */
  static final long NEVER = -1;

  private final Rate requests = new Rate(SERIES_SECONDS + 1);
  private final Rate errors = new Rate(SERIES_SECONDS + 1);
  private final Rate refused = new Rate(SLOTS);
  private final Rate retries = new Rate(SLOTS);
  private final Rate sent = new Rate(SLOTS);
  private final Rate secure = new Rate(SLOTS);
  private final PackedHistogram[] durations = new PackedHistogram[SLOTS];
  private final long[] durationSeconds = new long[SLOTS];
  private final float[] p50 = new float[SERIES_SECONDS + 1];
  private final float[] p99 = new float[SERIES_SECONDS + 1];
  private final long[] percentileSeconds = new long[SERIES_SECONDS + 1];
  private long requestsTotal;
  private long errorsTotal;
  private long refusedTotal;
  private long retriesTotal;
  private long sentTotal;
  private long secureTotal;
  private long lastPlainMillis = NEVER;
  // Of calls that happened while this process ran: who compares two moments needs no others.
  private long watchedRequests;
  private long watchedErrors;
  private long firstSecond = Long.MAX_VALUE;

  /**
   * How attempts travelled and their calls ended.
   *
   * @param first of its call: only these are counted as calls
   * @param sent false if the mesh answered itself
   * @param error their calls failed
   */
  record Kind(boolean first, boolean sent, boolean error, boolean refused, boolean secure) {

    boolean retry() {
      return !first && sent;
    }
  }

  /**
   * @param attempts new ones, since the last report of their series
   * @param spanMillis over which they happened; negative if too long ago to be in a rate
   */
  void add(HistogramPoint attempts, Kind kind, long nowMillis, long spanMillis) {
    long count = attempts.count();
    requestsTotal += kind.first() ? count : 0;
    retriesTotal += kind.retry() ? count : 0;
    errorsTotal += kind.error() ? count : 0;
    refusedTotal += kind.refused() ? count : 0;
    sentTotal += kind.sent() ? count : 0;
    secureTotal += kind.secure() ? count : 0;
    if (kind.sent() && !kind.secure() && count > 0) {
      lastPlainMillis = nowMillis;
    }
    if (spanMillis < 0) {
      return;
    }
    watchedRequests += kind.first() ? count : 0;
    watchedErrors += kind.error() ? count : 0;
    firstSecond = Math.min(firstSecond, Math.floorDiv(nowMillis - spanMillis, 1000));
    add(requests, kind.first(), count, nowMillis, spanMillis);
    add(retries, kind.retry(), count, nowMillis, spanMillis);
    add(errors, kind.error(), count, nowMillis, spanMillis);
    add(refused, kind.refused(), count, nowMillis, spanMillis);
    add(sent, kind.sent(), count, nowMillis, spanMillis);
    add(secure, kind.secure(), count, nowMillis, spanMillis);
    addDurations(attempts, Math.floorDiv(nowMillis, 1000));
  }

  private static void add(Rate to, boolean counts, long count, long nowMillis, long spanMillis) {
    if (counts) {
      to.add(count, nowMillis, spanMillis);
    }
  }

  private void addDurations(HistogramPoint calls, long second) {
    int slot = (int) Math.floorMod(second, (long) SLOTS);
    PackedHistogram histogram = durations[slot];
    if (histogram == null) {
      histogram = new PackedHistogram(1, MAX_MICROS, DIGITS);
      durations[slot] = histogram;
    } else if (durationSeconds[slot] != second) {
      histogram.reset();
    }
    durationSeconds[slot] = second;
    if (calls.zeroCount() > 0) {
      histogram.recordValueWithCount(1, calls.zeroCount());
    }
    for (int i = 0; i < calls.buckets().length; i++) {
      if (calls.buckets()[i] > 0) {
        long micros = Math.round(calls.middle(i) * 1e6);
        histogram.recordValueWithCount(
            Math.max(1, Math.min(MAX_MICROS, micros)), calls.buckets()[i]);
      }
    }
    int position = (int) Math.floorMod(second, (long) p50.length);
    percentileSeconds[position] = second;
    p50[position] = (float) (histogram.getValueAtPercentile(50) / 1e3);
    p99[position] = (float) (histogram.getValueAtPercentile(99) / 1e3);
  }

  long requestsTotal() {
    return requestsTotal;
  }

  /**
   * Calls of which it is known that they happened lately, whenever they were reported: sums of the
   * time before a start of the controller, which come in whole, are none of them.
   */
  long watchedRequests() {
    return watchedRequests;
  }

  /** Those of {@link #watchedRequests} that failed. */
  long watchedErrors() {
    return watchedErrors;
  }

  /** Attempts in plaintext, as servers count them. */
  long plainTotal() {
    return sentTotal - secureTotal;
  }

  /** Attempts in plaintext a second, as servers count them. */
  double plainPerSecond(long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000) - REPORT_SECONDS;
    return (sent.sumBefore(second, WINDOW_SECONDS) - secure.sumBefore(second, WINDOW_SECONDS))
        / seconds(second);
  }

  /** When the last attempt in plaintext was reported, {@link #NEVER} if none was. */
  long lastPlainMillis() {
    return lastPlainMillis;
  }

  /** Share of what was sent over mTLS; of that in the window, if there was any in it. */
  double secureShare(long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000) - REPORT_SECONDS;
    double recent = sent.sumBefore(second, WINDOW_SECONDS);
    if (recent > 0) {
      return secure.sumBefore(second, WINDOW_SECONDS) / recent;
    }
    return sentTotal == 0 ? 0 : (double) secureTotal / sentTotal;
  }

  /** A rollup that is younger than the window would seem to have a lower rate than it has. */
  private double seconds(long second) {
    return Math.max(1, Math.min(WINDOW_SECONDS, second - firstSecond));
  }

  Stats stats(long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000) - REPORT_SECONDS;
    double seconds = seconds(second);
    double requestRate = requests.sumBefore(second, WINDOW_SECONDS) / seconds;
    double errorRate = errors.sumBefore(second, WINDOW_SECONDS) / seconds;
    PackedHistogram window = window(second);
    boolean any = window.getTotalCount() > 0;
    return new Stats(
        requestsTotal,
        errorsTotal,
        refusedTotal,
        retriesTotal,
        requestRate,
        errorRate,
        refused.sumBefore(second, WINDOW_SECONDS) / seconds,
        retries.sumBefore(second, WINDOW_SECONDS) / seconds,
        requestRate > 0 ? Math.min(1, errorRate / requestRate) : null,
        any ? window.getValueAtPercentile(50) / 1e3 : null,
        any ? window.getValueAtPercentile(99) / 1e3 : null,
        WINDOW_SECONDS);
  }

  private PackedHistogram window(long second) {
    PackedHistogram window = new PackedHistogram(1, MAX_MICROS, DIGITS);
    for (int slot = 0; slot < SLOTS; slot++) {
      PackedHistogram histogram = durations[slot];
      if (histogram != null && durationSeconds[slot] >= second - WINDOW_SECONDS) {
        window.add(histogram);
      }
    }
    return window;
  }

  Series series(long nowMillis) {
    long second = Math.floorDiv(nowMillis, 1000);
    List<Double> requestList = new ArrayList<>(SERIES_SECONDS);
    List<Double> errorList = new ArrayList<>(SERIES_SECONDS);
    List<@Nullable Double> p50List = new ArrayList<>(SERIES_SECONDS);
    List<@Nullable Double> p99List = new ArrayList<>(SERIES_SECONDS);
    for (long i = second - SERIES_SECONDS; i < second; i++) {
      requestList.add(requests.at(i));
      errorList.add(errors.at(i));
      int position = (int) Math.floorMod(i, (long) p50.length);
      boolean known = percentileSeconds[position] == i;
      p50List.add(known ? (Double) (double) p50[position] : null);
      p99List.add(known ? (Double) (double) p99[position] : null);
    }
    return new Series(
        Instant.ofEpochSecond(second - SERIES_SECONDS),
        1,
        requestList,
        errorList,
        p50List,
        p99List);
  }
}
