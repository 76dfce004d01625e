package io.endomesh.weaving;

import java.util.List;
import java.util.Map;

/**
 * What the agent has to know to weave one library: data, no code that runs in the application. It
 * is loaded at start, so it names the library's classes and its own advice by string only and
 * touches neither.
 *
 * <p>Advice and everything it calls live in the package of the subclass (or below). They are loaded
 * once for each class loader of the application that has the library: they see the agent's classes
 * first and the library's next.
 */
public abstract class Instrumentation {

  /** Also the switch {@code endomesh.instrumentation.NAME.enabled}: {@code java-http-client}. */
  public abstract String name();

  /** What is woven, and with which advice. */
  public abstract List<Weave> weaves();

  /**
   * False for classes of the JDK that nearly every program loads: they are woven as soon as
   * something else is, but alone they are no reason to load the weaver, which takes a second of
   * CPU.
   */
  public boolean wakesWeaver() {
    return true;
  }

  /**
   * Witnesses that a library version is one this instrumentation knows: {@code a.b.Class} or {@code
   * a.b.Class#method}. The methods of {@link #weaves} and the references of the advice are checked
   * without being listed here.
   */
  public List<String> requires() {
    return List.of();
  }

  /**
   * What tells the versions this instrumentation is for from those another one is for, as {@link
   * #requires}: where it is not there, this one has nothing to do, and nothing is said.
   */
  public List<String> onlyWith() {
    return List.of();
  }

  /** Packages of named modules that the advice must reach into: module name → packages. */
  public Map<String, List<String>> opens() {
    return Map.of();
  }

  /**
   * For a library that exists under another name as well (grpc-netty-shaded): prefixes of class
   * names to replace in the advice classes when they are loaded, {@code io.netty.} → {@code
   * io.grpc.netty.shaded.io.netty.}.
   */
  public Map<String, String> relocations() {
    return Map.of();
  }
}
