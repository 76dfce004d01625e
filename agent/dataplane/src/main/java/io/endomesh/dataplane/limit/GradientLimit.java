package io.endomesh.dataplane.limit;

import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many calls may run at a time, found from how long they take (Envoy's gradient controller,
 * after "Performance Under Load", Netflix 2018).
 *
 * <p>Once in a while the shortest time is measured: only {@code min} calls run, until enough have
 * ended. Between measurements the limit follows, window by window,
 *
 * <pre>
 *   gradient = (minRTT + minRTT * buffer) / sampleRTT     between 0.5 and 2
 *   limit    = gradient * limit + sqrt(gradient * limit)  between min and max
 * </pre>
 *
 * where {@code sampleRTT} is the percentile of the times of the window. Calls that take as long as
 * they must let the limit grow; calls that wait for each other let it shrink, by half in a window
 * at most; the root is headroom for bursts. If the limit stands at its minimum for {@value
 * #STUCK_WINDOWS} windows, the shortest time is measured anew: it has become longer.
 *
 * <p>What urgent calls may take beyond the limit is theirs, one at least: in the instant after the
 * limit shrank more calls run than it allows, and none of them could get in if it counted those.
 *
 * <p>There is no timer: calls that end close the window. It outlives snapshots. Thread-safe,
 * lock-free: whoever finds another thread at it leaves the window to that; allocates nothing.
 */
public final class GradientLimit {

  /** Envoy {@code GradientController}, bounds of the gradient. */
  private static final double MIN_GRADIENT = 0.5;

  private static final double MAX_GRADIENT = 2;

  /** Percent. */
  private static final int WHOLE = 100;

  /** Envoy: "consecutive_min_concurrency_set_" of 5. */
  private static final int STUCK_WINDOWS = 5;

  private final Concurrency settings;
  private final AtomicInteger running = new AtomicInteger();
  private final AtomicInteger urgentRunning = new AtomicInteger();
  private final Latencies latencies = new Latencies();
  private final AtomicBoolean busy = new AtomicBoolean();

  private volatile int limit;

  /** Calls that began before belong to another regime and are not counted. */
  private volatile long epoch;

  // Written by the thread that is busy, and published by its leaving.
  private volatile boolean measuring = true;
  private volatile long nextAt;
  private long measureAt;
  private int limitBefore;
  private long minNanos;
  private int stuck;

  /** Begins with a measurement. */
  public GradientLimit(Concurrency settings, long now) {
    this.settings = settings;
    this.limit = settings.min();
    this.limitBefore = settings.min();
    this.epoch = now;
    this.nextAt = now;
  }

  public Concurrency settings() {
    return settings;
  }

  /** Calls that may run at a time at the moment. */
  public int limit() {
    return limit;
  }

  public int running() {
    return running.get();
  }

  /**
   * Begins a call, to be followed by {@link #end}.
   *
   * @param allowance of the limit that calls of this urgency may fill, in percent; beyond 100 they
   *     are urgent
   */
  boolean tryBegin(int allowance) {
    if (tryRaise(running, Math.max(1, part(allowance)))) {
      if (allowance > WHOLE) {
        urgentRunning.incrementAndGet();
      }
      return true;
    }
    if (allowance <= WHOLE || !tryRaise(urgentRunning, Math.max(1, part(allowance - WHOLE)))) {
      return false;
    }
    running.incrementAndGet();
    return true;
  }

  private int part(int percent) {
    return (int) ((long) limit * percent / WHOLE);
  }

  private static boolean tryRaise(AtomicInteger count, int below) {
    while (true) {
      int now = count.get();
      if (now >= below) {
        return false;
      }
      if (count.compareAndSet(now, now + 1)) {
        return true;
      }
    }
  }

  /**
   * A call ended whose time says something about the application.
   *
   * @param allowance with which it began
   */
  void end(int allowance, long startNanos, long now) {
    running.decrementAndGet();
    if (allowance > WHOLE) {
      urgentRunning.decrementAndGet();
    }
    if (startNanos - epoch < 0) {
      return;
    }
    latencies.add(now - startNanos);
    if ((measuring || now - nextAt >= 0) && busy.compareAndSet(false, true)) {
      try {
        update(now);
      } finally {
        busy.set(false);
      }
    }
  }

  private void update(long now) {
    if (measuring) {
      if (latencies.count() >= settings.measureCalls()) {
        minNanos = latencies.percentile(settings.percentile());
        measuring = false;
        stuck = 0;
        measureAt = now + settings.measureEveryNanos() + jitter();
        begin(limitBefore, now);
      }
      return;
    }
    if (now - nextAt < 0) {
      return;
    }
    if (now - measureAt >= 0) {
      measure(now);
      return;
    }
    int next = next(latencies.percentile(settings.percentile()));
    stuck = next == settings.min() ? stuck + 1 : 0;
    if (stuck >= STUCK_WINDOWS) {
      measure(now);
    } else {
      limit = next;
      latencies.clear();
      nextAt = now + settings.windowNanos();
    }
  }

  private int next(long sampleNanos) {
    double buffered = minNanos + minNanos * (settings.bufferPercent() / 100.0);
    double gradient = Math.max(MIN_GRADIENT, Math.min(MAX_GRADIENT, buffered / sampleNanos));
    double grown = gradient * limit;
    return (int) Math.max(settings.min(), Math.min(settings.max(), grown + Math.sqrt(grown)));
  }

  private void measure(long now) {
    limitBefore = limit;
    measuring = true;
    begin(settings.min(), now);
  }

  private void begin(int newLimit, long now) {
    limit = newLimit;
    epoch = now;
    latencies.clear();
    nextAt = now + settings.windowNanos();
  }

  private long jitter() {
    long most = (long) (settings.measureEveryNanos() * (settings.jitterPercent() / 100.0));
    return most <= 0 ? 0 : ThreadLocalRandom.current().nextLong(most);
  }
}
