package io.endomesh.controller.kinds;

import io.endomesh.controller.kinds.DatabasePolicy.Caller;
import io.endomesh.controller.kinds.DatabasePolicy.StatementClass;
import io.endomesh.controller.kinds.MeshResource.Metadata;
import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Statements that go wrong on purpose, in the words of Istio's {@code HTTPFaultInjection}.
 * Immutable.
 *
 * @param callers empty for everybody
 * @param classes empty for all
 * @param until null for as long as the policy says so
 * @param delay null delays nothing
 * @param abort null aborts nothing
 */
public record DatabaseFault(
    List<Caller> callers,
    List<StatementClass> classes,
    @Nullable Instant until,
    @Nullable Delay delay,
    @Nullable Abort abort) {

  /**
   * @param perMillion of the statements it is for
   */
  public record Delay(int perMillion, long nanos) {}

  /**
   * @param perMillion of the statements it is for
   */
  public record Abort(int perMillion, String sqlState) {}

  /** SQL:2016, part 2, 24.1. Class 00 is success. */
  private static final Pattern SQL_STATE = Pattern.compile("(?!00)[0-9A-Z]{5}");

  public DatabaseFault {
    callers = List.copyOf(callers);
    classes = List.copyOf(classes);
  }

  static DatabaseFault read(Metadata metadata, Fields fields) {
    DatabaseFault fault =
        new DatabaseFault(
            DatabasePolicy.callers(metadata, fields),
            DatabasePolicy.classes(fields),
            until(fields),
            delay(fields),
            abort(fields));
    if (fault.delay() == null && fault.abort() == null) {
      throw fields.invalid("delay", "neither delay nor abort (expected: at least one)");
    }
    return fault;
  }

  private static @Nullable Delay delay(Fields fault) {
    Fields delay = fault.optionalObject("delay");
    if (delay == null) {
      return null;
    }
    Long fixed = delay.durationNanos("fixedDelay");
    if (fixed == null || fixed == 0) {
      throw delay.invalid("fixedDelay", "absent (expected: a duration such as 500ms)");
    }
    int perMillion = VirtualFilters.percentage(delay, "percentage");
    delay.rejectUnknown();
    return new Delay(perMillion, fixed);
  }

  private static @Nullable Abort abort(Fields fault) {
    Fields abort = fault.optionalObject("abort");
    if (abort == null) {
      return null;
    }
    String state = abort.string("sqlState");
    if (!SQL_STATE.matcher(state).matches()) {
      throw abort.invalid(
          "sqlState", "'" + state + "' (expected: an SQLState of an error, such as \"40001\")");
    }
    int perMillion = VirtualFilters.percentage(abort, "percentage");
    abort.rejectUnknown();
    return new Abort(perMillion, state);
  }

  private static @Nullable Instant until(Fields fields) {
    String until = fields.optionalString("until");
    return until == null ? null : Times.parse(fields.path("until"), until);
  }
}
