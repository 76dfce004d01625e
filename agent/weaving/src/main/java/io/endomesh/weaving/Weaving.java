package io.endomesh.weaving;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import java.util.Map;

/** What advice asks for: the mesh this JVM belongs to. Thread-safe. */
public final class Weaving {

  private static volatile Mesh mesh =
      new Mesh(new Workload("unknown", "default", "unknown", Map.of()));

  private Weaving() {}

  /** Never null: before the agent has started it knows nothing and lets everything pass. */
  public static Mesh mesh() {
    return mesh;
  }

  /** Set once at start, and by tests. */
  public static void mesh(Mesh mesh) {
    Weaving.mesh = mesh;
  }

  /**
   * True on the agent's own threads: what they call is never woven into the mesh, or the mesh would
   * wait for itself.
   */
  public static boolean onAgentThread() {
    return Thread.currentThread() instanceof AgentThread;
  }
}
