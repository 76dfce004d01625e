package io.endomesh.dataplane.cluster;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.cluster.Breaker.Permit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Breaker} remembers: closed, open or half open. It belongs to the name of a cluster
 * or a database and outlives snapshots, as long as the policy is the same. Thread-safe without
 * locks: a phase is one object, a change of phase is one compare-and-set; a permit is the phase it
 * was given in, so that an attempt which began in another phase cannot decide this one.
 */
public final class BreakerState {

  private sealed interface Phase permits Closed, Open, HalfOpen {}

  private final Breaker policy;
  private final AtomicReference<Phase> phase;

  public BreakerState(Breaker policy) {
    this.policy = policy;
    this.phase = new AtomicReference<>(new Closed());
  }

  public Breaker policy() {
    return policy;
  }

  /** Null if no attempt is to be made now. */
  public @Nullable Permit permit(long nowNanos) {
    Phase now = phase.get();
    if (now instanceof Open open && nowNanos - open.untilNanos >= 0) {
      now = next(open, new HalfOpen(nowNanos));
    } else if (now instanceof HalfOpen half && half.isForgotten(nowNanos)) {
      now = next(half, new HalfOpen(nowNanos));
    }
    if (now instanceof Closed closed) {
      return closed;
    }
    return now instanceof HalfOpen half && half.take() ? half : null;
  }

  boolean isBroken() {
    return !(phase.get() instanceof Closed);
  }

  /** One sentence on why no attempt is made; empty if one may be. */
  public String why(long nowNanos) {
    Phase now = phase.get();
    if (now instanceof Open open) {
      long millis = Math.max(0, open.untilNanos - nowNanos) / 1_000_000;
      return open.why + "; it is tried again in " + millis + " ms";
    }
    return now instanceof HalfOpen ? "it is being tried again" : "";
  }

  /** What is next, by this thread or by one that was faster. */
  private Phase next(Phase from, Phase to) {
    return phase.compareAndSet(from, to) ? to : phase.get();
  }

  private void open(Phase from, String why, long nowNanos) {
    phase.compareAndSet(from, new Open(nowNanos + policy.openNanos(), why));
  }

  /** Attempts are made, and counted. */
  private final class Closed implements Phase, Permit {

    private final RollingCounts counts = new RollingCounts(policy.windowNanos());

    @Override
    public void outcome(Outcome outcome, long nowNanos) {
      boolean failed = Breaker.failed(outcome);
      boolean slow = policy.slow(outcome);
      counts.add(failed, slow, nowNanos);
      if (failed || slow) {
        // Only what is bad can be too much: good calls are not made to sum up the window.
        RollingCounts.Sum sum = counts.sum(nowNanos);
        String why =
            sum.calls() < policy.minimumCalls()
                ? null
                : policy.tooMany(sum.failures(), sum.slow(), sum.calls());
        if (why != null) {
          open(this, why, nowNanos);
        }
      }
    }

    @Override
    public void unused() {}
  }

  /** No attempt is made. */
  private record Open(long untilNanos, String why) implements Phase {}

  /** A few attempts are made; they decide. */
  private final class HalfOpen implements Phase, Permit {

    private final long sinceNanos;
    private final AtomicInteger taken = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicInteger slow = new AtomicInteger();

    HalfOpen(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }

    boolean take() {
      while (true) {
        int now = taken.get();
        if (now >= policy.halfOpenCalls()) {
          return false;
        }
        if (taken.compareAndSet(now, now + 1)) {
          return true;
        }
      }
    }

    /** Attempts that never end must not keep the breaker half open for ever. */
    boolean isForgotten(long nowNanos) {
      return taken.get() >= policy.halfOpenCalls() && nowNanos - sinceNanos >= policy.openNanos();
    }

    @Override
    public void outcome(Outcome outcome, long nowNanos) {
      if (Breaker.failed(outcome)) {
        failures.incrementAndGet();
      }
      if (policy.slow(outcome)) {
        slow.incrementAndGet();
      }
      // Before the others are read: the last to end sees what all have seen.
      int all = ended.incrementAndGet();
      // Decided as soon as the rest cannot change it.
      String why = policy.tooMany(failures.get(), slow.get(), policy.halfOpenCalls());
      if (why != null) {
        open(this, why, nowNanos);
      } else if (all == policy.halfOpenCalls()) {
        phase.compareAndSet(this, new Closed());
      }
    }

    @Override
    public void unused() {
      taken.decrementAndGet();
    }
  }
}
