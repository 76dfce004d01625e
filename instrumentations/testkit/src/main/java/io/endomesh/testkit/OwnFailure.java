package io.endomesh.testkit;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.Reply;
import io.endomesh.dataplane.Workload;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A mesh with a fault of its own, for as long as it is open: one reading of its clock throws, which
 * the path of a call has all over; or all that its observer is told does. Not thread-safe.
 */
final class OwnFailure implements AutoCloseable {

  private static final Workload TESTS = new Workload("tests", "default", "tests-1", Map.of());

  private final Mesh before = Weaving.mesh();
  private final AtomicInteger readings = new AtomicInteger(Integer.MIN_VALUE);

  /** Told by the mesh; what advice caught itself is in {@link Suppressed#count}. */
  private final AtomicInteger told = new AtomicInteger();

  private final long suppressedBefore = Suppressed.count();

  private OwnFailure() {}

  /** At a reading of the clock, see {@link #at}. */
  static OwnFailure ofTheClock() {
    OwnFailure failure = new OwnFailure();
    failure.is(new Mesh(TESTS, failure::nanoTime, Clock.systemUTC()));
    return failure;
  }

  static OwnFailure ofTheObserver() {
    OwnFailure failure = new OwnFailure();
    Mesh mesh = new Mesh(TESTS);
    mesh.observer(new Failing());
    failure.is(mesh);
    return failure;
  }

  private void is(Mesh failing) {
    Weaving.mesh(failing);
    // A server may tell of the end of a request when the test is over.
    failing.failures(failure -> told.incrementAndGet());
  }

  /** How many were kept from the application. */
  long told() {
    return told.get() + Suppressed.count() - suppressedBefore;
  }

  /**
   * @param reading that throws, from now on; 1 for the next
   */
  void at(int reading) {
    readings.set(-reading);
  }

  /** True if nothing has thrown since: the path has no such reading. */
  boolean isStillToCome() {
    return readings.get() < 0;
  }

  private long nanoTime() {
    if (readings.incrementAndGet() == 0) {
      throw new IllegalStateException("injected");
    }
    return System.nanoTime();
  }

  @Override
  public void close() {
    Weaving.mesh(before);
    AppFirst.expected(Suppressed.count());
  }

  private static final class Failing implements CallObserver {

    private static IllegalStateException injected() {
      return new IllegalStateException("injected");
    }

    @Override
    public @Nullable Object attemptStarted(Attempt attempt) {
      throw injected();
    }

    @Override
    public void attemptEnded(Attempt attempt, @Nullable Object started, Outcome outcome) {
      throw injected();
    }

    @Override
    public void replied(Call call, Reply reply) {
      throw injected();
    }

    @Override
    public CallContext served(InboundCall call) {
      throw injected();
    }

    @Override
    public @Nullable String traceId(CallContext context) {
      throw injected();
    }

    @Override
    public void servedEnded(InboundCall call, Outcome outcome) {
      throw injected();
    }
  }
}
