package io.endomesh.weaving;

import java.util.concurrent.atomic.LongAdder;

/**
 * Counts what went wrong in the agent and was kept from the application. Thread-safe. Tests assert
 * that it stays at zero; the controller is told the figures.
 */
public final class Suppressed {

  private static final LongAdder EXCEPTIONS = new LongAdder();
  private static final LongAdder FAILED_TRANSFORMATIONS = new LongAdder();

  private Suppressed() {}

  /** Exceptions of advice, and of linking it. */
  public static long count() {
    return EXCEPTIONS.sum();
  }

  /** Classes that stayed as they were because weaving them failed. */
  public static long failedTransformations() {
    return FAILED_TRANSFORMATIONS.sum();
  }

  /** Called by woven code, through the bridge, and by agent code that catches on its own. */
  public static void report(Throwable failure) {
    EXCEPTIONS.increment();
    StackTraceElement[] trace = failure.getStackTrace();
    String where = trace.length == 0 ? "unknown" : trace[0].toString();
    AgentLog.warnOnce(
        failure.getClass().getName() + where,
        "suppressed " + failure + " at " + where + "; the call goes on without the mesh");
    if (AgentLog.isDebug()) {
      for (StackTraceElement element : trace) {
        AgentLog.debug("    at " + element);
      }
    }
  }

  static void failedTransformation(String className, Throwable failure) {
    FAILED_TRANSFORMATIONS.increment();
    StackTraceElement[] trace = failure.getStackTrace();
    AgentLog.warnOnce(
        "transform " + className,
        "could not weave "
            + className
            + ", it stays as it is: "
            + failure
            + (trace.length == 0 ? "" : " at " + trace[0]));
    if (AgentLog.isDebug()) {
      for (StackTraceElement element : trace) {
        AgentLog.debug("    at " + element);
      }
    }
  }
}
