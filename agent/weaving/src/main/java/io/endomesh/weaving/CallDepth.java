package io.endomesh.weaving;

/**
 * Tells the outermost of nested calls on one thread: a library's {@code send} that calls another
 * {@code send} is one call. One instance for each group of methods that call each other.
 * Thread-safe; each thread has its own depth.
 *
 * <pre>{@code
 * if (DEPTH.enter()) { // outermost
 * ...
 * DEPTH.exit(); // once for each enter, on every way out
 * }</pre>
 */
public final class CallDepth {

  private final ThreadLocal<int[]> depth = new ThreadLocal<>();

  /** One level down; true if this is the outermost call. */
  public boolean enter() {
    int[] current = depth.get();
    if (current == null) {
      depth.set(new int[] {1});
      return true;
    }
    current[0]++;
    return false;
  }

  /** One level up; true if this was the outermost call. */
  public boolean exit() {
    int[] current = depth.get();
    if (current == null) {
      return false;
    }
    if (--current[0] > 0) {
      return false;
    }
    depth.remove();
    return true;
  }

  /** True between the outermost {@link #enter} and its {@link #exit}. */
  public boolean isInside() {
    return depth.get() != null;
  }
}
