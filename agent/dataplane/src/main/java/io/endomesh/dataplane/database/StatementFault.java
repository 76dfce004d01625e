package io.endomesh.dataplane.database;

import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.database.DatabasePolicy.Caller;
import io.endomesh.dataplane.route.Fault;
import io.endomesh.dataplane.route.Fault.Delay;
import io.endomesh.dataplane.route.Share;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Statements that go wrong on purpose, as {@link Fault} has it for calls. Immutable.
 *
 * @param callers empty for everybody
 * @param classes a statement that needs one of them is meant; {@link StatementClasses#NONE} for all
 * @param untilMillis since the epoch, from when on nothing goes wrong; {@link #FOREVER}
 * @param delay null delays nothing
 * @param abort null aborts nothing
 */
public record StatementFault(
    List<Caller> callers,
    StatementClasses classes,
    long untilMillis,
    @Nullable Delay delay,
    @Nullable Abort abort) {

  public static final long FOREVER = Long.MAX_VALUE;

  /**
   * Thrown in place of an execution.
   *
   * @param sqlState five characters (SQL:2016, part 2, 24.1)
   */
  public record Abort(Share share, String sqlState) {}

  public StatementFault {
    callers = List.copyOf(callers);
  }

  boolean isFor(Workload workload, StatementClasses needed, long nowMillis) {
    return nowMillis < untilMillis
        && (classes.equals(StatementClasses.NONE) || classes.meets(needed))
        && Caller.among(callers, workload);
  }
}
