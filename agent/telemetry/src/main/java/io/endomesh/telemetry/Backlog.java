package io.endomesh.telemetry;

import java.util.concurrent.atomic.LongAdder;
import org.jctools.queues.MessagePassingQueue;
import org.jctools.queues.atomic.MpscChunkedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * What the application's threads have observed and the telemetry thread has not sent yet. Bounded:
 * what does not fit is dropped and counted, never waited for. Many producers, one consumer.
 *
 * <p>The queues are JCTools', used directly rather than through the SDK's BatchSpanProcessor: that
 * one starts a thread of its own and takes finished SDK spans only. Of JCTools' queues it is the
 * ones on field updaters, because newer JVMs print a warning into the application's output about
 * {@code sun.misc.Unsafe}, which the others use.
 */
final class Backlog {

  /**
   * Spans of one second. Bounds memory (about 3 MB when full) and, since it is emptied once an
   * export, the cost of tracing under any load.
   */
  private static final int SPANS = 8192;

  /** Measurements before the SDK is there: the first second or so. About 16 MB if all is used. */
  private static final int EARLY = 65_536;

  /** Refusals of one second, for the log, which sums repeated ones up anyway. */
  private static final int REFUSALS = 512;

  /** Queues start with chunks of this size and grow to their bound. */
  private static final int CHUNK = 256;

  private final MessagePassingQueue<Observed> spans = queue(SPANS);
  private final MessagePassingQueue<Observed> early = queue(EARLY);
  private final MessagePassingQueue<Observed> refusals = queue(REFUSALS);
  private final LongAdder droppedSpans = new LongAdder();
  private final LongAdder droppedMeasurements = new LongAdder();
  private final Runnable onFirst;

  private volatile @Nullable Recorder recorder;
  private volatile boolean begun;

  private static MessagePassingQueue<Observed> queue(int capacity) {
    return new MpscChunkedAtomicArrayQueue<>(CHUNK, capacity);
  }

  /**
   * @param onFirst run once, or a few times at once, by the thread that observes something first
   */
  Backlog(Runnable onFirst) {
    this.onFirst = onFirst;
  }

  /**
   * Takes a finished observation. Measured at once if the SDK is there, so that totals are exact
   * whatever happens to spans; else kept until it is.
   */
  void add(Observed observed) {
    Recorder recorder = this.recorder;
    if (recorder != null) {
      recorder.record(observed);
    } else if (!early.offer(observed)) {
      droppedMeasurements.increment();
    }
    if (observed.span.isSampled() && !spans.offer(observed)) {
      droppedSpans.increment();
    }
    if (!begun) {
      begun = true;
      onFirst.run();
    }
  }

  /** Takes a refusal for the log; what does not fit is in the metrics all the same. */
  void addRefusal(Observed observed) {
    refusals.offer(observed);
  }

  /** From now on measurements go straight to the recorder. Telemetry thread only. */
  void recordWith(Recorder recorder) {
    this.recorder = recorder;
    drainEarly(recorder);
  }

  /**
   * Measures what was kept. Called at each export: a thread may have seen no recorder and be late
   * in handing over. Telemetry thread only.
   */
  void drainEarly(Recorder recorder) {
    early.drain(recorder::record);
  }

  /** The oldest span, or null. Telemetry thread only. */
  @Nullable Observed pollSpan() {
    return spans.relaxedPoll();
  }

  /** The oldest refusal, or null. Telemetry thread only. */
  @Nullable Observed pollRefusal() {
    return refusals.relaxedPoll();
  }

  void dropSpans(int count) {
    droppedSpans.add(count);
  }

  long droppedSpans() {
    return droppedSpans.sum();
  }

  long droppedMeasurements() {
    return droppedMeasurements.sum();
  }
}
