package io.endomesh.javaagent;

import io.endomesh.weaving.AgentLog;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * What happens first when a supervisor tells the JVM to stop, by SIGTERM: callers are told to go
 * elsewhere, and the calls that are being served end. Then the signal takes the way it would have
 * taken: hooks of the application run all at once, and close its servers. {@code System.exit} does
 * not come here: the application may call it from within a call that it serves. Thread-safe.
 */
final class Termination {

  /** Within a second the controller has told callers, and they have stopped coming. */
  static final Duration UNTIL_CALLERS_KNOW = Duration.ofSeconds(1);

  /** The count of calls tells nobody when it changes, which keeps the path of a call free of it. */
  private static final long LOOK_NANOS = 20_000_000;

  private final Duration patience;
  private final Set<MeshConnection> workloads = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean installed = new AtomicBoolean();
  private final AtomicBoolean begun = new AtomicBoolean();
  private volatile @Nullable SignalHandler before;

  /**
   * @param patience zero: nothing is waited for
   */
  Termination(Duration patience) {
    this.patience = patience;
  }

  void begins(MeshConnection workload) {
    workloads.add(workload);
    if (!patience.isZero() && installed.compareAndSet(false, true)) {
      install();
    }
  }

  void ended(MeshConnection workload) {
    workloads.remove(workload);
  }

  /** Comes before what handles the signal now; the JVM's own handler is the first of all. */
  private void install() {
    try {
      before = Signal.handle(new Signal("TERM"), this::received);
    } catch (IllegalArgumentException e) {
      // The application, by -Xrs, or the platform keeps signals for itself.
      AgentLog.debug("drain-timeout: SIGTERM cannot be seen, so nothing is waited for: " + e);
    }
  }

  /** On a thread that the JVM makes for the signal. Whoever sends it twice is in a hurry. */
  private void received(Signal signal) {
    try {
      if (begun.compareAndSet(false, true)) {
        drain();
      }
    } catch (RuntimeException | LinkageError e) {
      AgentLog.warn("SIGTERM: calls that are being served are not waited for: " + e);
    } finally {
      SignalHandler jvm = before;
      if (jvm != null) {
        Signal.handle(signal, jvm);
        Signal.raise(signal);
      }
    }
  }

  private void drain() {
    long begin = System.nanoTime();
    boolean callersAreTold = false;
    for (MeshConnection workload : workloads) {
      callersAreTold |= workload.withdraw();
    }
    if (callersAreTold) {
      AgentLog.info(
          "SIGTERM: callers are told to go elsewhere, and calls may end, for at most "
              + patience.toMillis()
              + " ms");
    }
    long earliest = callersAreTold ? Math.min(nanos(UNTIL_CALLERS_KNOW), nanos(patience)) : 0;
    while (System.nanoTime() - begin < earliest
        || (calls() > 0 && System.nanoTime() - begin < nanos(patience))) {
      LockSupport.parkNanos(LOOK_NANOS);
    }
    long left = calls();
    if (left > 0) {
      AgentLog.warn(
          "drain-timeout: " + left + " calls are still being served; the JVM ends all the same");
    }
  }

  private long calls() {
    long sum = 0;
    for (MeshConnection workload : workloads) {
      sum += workload.callsBeingServed();
    }
    return sum;
  }

  private static long nanos(Duration duration) {
    return duration.toNanos();
  }
}
