package java.lang;

import java.lang.invoke.CallSite;
import java.lang.invoke.ConstantCallSite;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * The one class that woven code names. It lives in {@code java.lang} because that is the only
 * package which every class of every loader and module can see. Thread-safe.
 *
 * <p>It knows no type of the agent: what it does is behind two method handles, installed once.
 */
public final class EndomeshBridge {

  private static volatile MethodHandle linker;
  private static volatile MethodHandle reporter;

  private EndomeshBridge() {}

  /**
   * Connects the agent.
   *
   * @param linker {@code (Lookup, String, MethodType, Object[]) → CallSite}
   * @param reporter {@code (Throwable) → void}
   * @return false if an agent is connected already; nothing is changed then
   */
  public static synchronized boolean install(MethodHandle linker, MethodHandle reporter) {
    if (EndomeshBridge.linker != null) {
      return false;
    }
    EndomeshBridge.reporter = reporter;
    EndomeshBridge.linker = linker;
    return true;
  }

  /**
   * Bootstrap method of every woven call site. A site that cannot be linked does nothing, for good:
   * the application never sees a linkage error of ours.
   */
  public static CallSite link(
      MethodHandles.Lookup caller, String name, MethodType type, Object... arguments) {
    MethodHandle handle = linker;
    if (handle != null) {
      try {
        CallSite site = (CallSite) handle.invokeExact(caller, name, type, arguments);
        if (site != null) {
          return site;
        }
      } catch (Throwable failure) {
        report(failure);
      }
    }
    return new ConstantCallSite(MethodHandles.empty(type));
  }

  /** Where woven code hands exceptions of advice, so that they end here. */
  public static void report(Throwable failure) {
    MethodHandle handle = reporter;
    if (handle == null) {
      return;
    }
    try {
      handle.invokeExact(failure);
    } catch (Throwable ignored) {
      // Reporting failed, too (a stack overflow, no memory). Nothing is left but to let the
      // application go on.
    }
  }
}
