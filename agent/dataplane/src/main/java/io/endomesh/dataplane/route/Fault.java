package io.endomesh.dataplane.route;

import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Something that goes wrong on purpose (Envoy {@code HTTPFault}). Immutable.
 *
 * @param delay null delays nothing
 * @param abort null aborts nothing
 * @param untilMillis since the epoch, from when on nothing goes wrong; {@link #FOREVER}
 * @param by what it is told to be of: a fault test; null if the route itself has it
 */
public record Fault(
    @Nullable Delay delay, @Nullable Abort abort, long untilMillis, @Nullable String by) {

  public static final long FOREVER = Long.MAX_VALUE;

  /** Without an end. */
  public Fault(@Nullable Delay delay, @Nullable Abort abort) {
    this(delay, abort, FOREVER, null);
  }

  public Fault until(long millis) {
    return new Fault(delay, abort, millis, by);
  }

  public Fault by(@Nullable String name) {
    return new Fault(delay, abort, untilMillis, name);
  }

  /**
   * Whose it is.
   *
   * @param route that has it, unless something else was put on it
   */
  public String decidedBy(String route) {
    return by == null ? route : by;
  }

  /** True if it is over by a clock, which is not read if there is no end. */
  public boolean isOver(Clock clock) {
    return untilMillis != FOREVER && clock.millis() >= untilMillis;
  }

  /**
   * Before anything else happens to the call, and not part of its timeout, as in Envoy.
   *
   * @param nanos more than 0
   */
  public record Delay(Share share, long nanos) {}

  /**
   * Answered in place of the service.
   *
   * @param grpcStatus for gRPC; -1 derives it from the HTTP status
   */
  public record Abort(Share share, int status, int grpcStatus) {}
}
