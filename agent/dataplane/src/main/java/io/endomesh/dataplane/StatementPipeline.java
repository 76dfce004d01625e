package io.endomesh.dataplane;

import io.endomesh.dataplane.cluster.Breaker;
import io.endomesh.dataplane.cluster.BreakerState;
import io.endomesh.dataplane.database.DatabasePolicy;
import io.endomesh.dataplane.database.StatementClasses;
import io.endomesh.dataplane.database.StatementFault;
import io.endomesh.dataplane.database.StatementLimit;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The path of a statement before its driver gets it, stage by stage. This is the one place that
 * shows it. A stage may wait: whoever executes a statement waits for its result in any case.
 * Stateless.
 */
final class StatementPipeline {

  private interface Stage {
    @Nullable StatementRefusal apply(DatabaseCall call, DatabasePolicy policy);
  }

  private static final Stage[] STAGES = {
    // Guard first: what a caller may not do at all is not delayed, counted or tried.
    StatementPipeline::guard,
    // Faults before all that could mend them, and before anything is counted, as for calls.
    StatementPipeline::fault,
    // Limit: whoever waits for a slot has been given leave, and takes none from others.
    StatementPipeline::limit,
    // Breaker when all else is settled: while it is half open a leave is taken only for a statement
    // that is executed.
    StatementPipeline::breaker,
  };

  private StatementPipeline() {}

  static @Nullable StatementRefusal refusal(DatabaseCall call) {
    DatabasePolicy policy = call.policy();
    // What begins or ends a transaction must get through, whatever the state of the database: the
    // connection would be left in the midst of it.
    if (policy == null || call.statement().classes().equals(StatementClasses.NONE)) {
      return null;
    }
    for (Stage stage : STAGES) {
      StatementRefusal refusal = stage.apply(call, policy);
      if (refusal != null) {
        return refusal;
      }
    }
    return null;
  }

  private static @Nullable StatementRefusal guard(DatabaseCall call, DatabasePolicy policy) {
    if (!policy.isGuarded()) {
      return null;
    }
    Workload caller = call.mesh().workload();
    StatementClasses permitted = policy.permitted(caller);
    StatementClasses classes = call.statement().classes();
    if (classes.within(permitted)) {
      return null;
    }
    return new StatementRefusal(
        StatementRefusal.INSUFFICIENT_PRIVILEGE,
        "a statement of class "
            + classes
            + " by "
            + caller.namespace()
            + "/"
            + caller.service()
            + " is not allowed by "
            + policy.name()
            + " (expected: "
            + permitted
            + "): "
            + call.statement().summary(),
        policy.name());
  }

  private static @Nullable StatementRefusal fault(DatabaseCall call, DatabasePolicy policy) {
    if (policy.faults().isEmpty()) {
      return null;
    }
    Mesh mesh = call.mesh();
    StatementFault fault =
        policy.fault(mesh.workload(), call.statement().classes(), mesh.clock().millis());
    if (fault == null) {
      return null;
    }
    if (fault.delay() != null && fault.delay().share().drawn()) {
      pause(fault.delay().nanos());
    }
    if (fault.abort() == null || !fault.abort().share().drawn()) {
      return null;
    }
    return new StatementRefusal(
        fault.abort().sqlState(),
        "aborted on purpose by the fault of " + policy.name() + ": " + call.statement().summary(),
        policy.name());
  }

  /** Whoever is interrupted goes on at once, and the driver sees that it was. */
  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static @Nullable StatementRefusal limit(DatabaseCall call, DatabasePolicy policy) {
    StatementLimit limit = policy.limit();
    if (limit == null) {
      return null;
    }
    boolean interrupted = false;
    try {
      if (call.load().enter(limit)) {
        call.inSlot();
        return null;
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      interrupted = true;
    }
    return new StatementRefusal(
        StatementRefusal.LIMIT_EXCEEDED,
        limit.max()
            + " statements are in flight at "
            + call.database().service()
            + ", the maxConcurrent of "
            + policy.name()
            + (interrupted ? "; interrupted while it waited" : waited(limit))
            + ": "
            + call.statement().summary(),
        policy.name());
  }

  private static String waited(StatementLimit limit) {
    return limit.waitNanos() == 0
        ? ""
        : "; none ended within " + TimeUnit.NANOSECONDS.toMillis(limit.waitNanos()) + " ms";
  }

  private static @Nullable StatementRefusal breaker(DatabaseCall call, DatabasePolicy policy) {
    if (policy.breaker() == null) {
      return null;
    }
    BreakerState breaker = call.load().breaker(policy.breaker());
    long now = call.mesh().nanoTime();
    Breaker.Permit permit = breaker.permit(now);
    if (permit != null) {
      call.permitted(permit);
      return null;
    }
    return new StatementRefusal(
        StatementRefusal.BREAKER_OPEN,
        "the breaker of "
            + policy.name()
            + " is open, nothing is executed at "
            + call.database().service()
            + ": "
            + breaker.why(now),
        policy.name());
  }
}
