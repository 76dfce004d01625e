package io.endomesh.weaving;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What advice asks for: the mesh as the workload has it that runs here. Thread-safe. */
public final class Weaving {

  /** Null in a JVM that is several workloads. */
  private static volatile @Nullable Mesh only =
      new Mesh(new Workload("unknown", "default", "unknown", Map.of()));

  /** Null in a JVM that is one workload. */
  private static volatile @Nullable WebApplications applications;

  private Weaving() {}

  /**
   * Of the workload that this thread runs for. Before the agent has started it knows nothing and
   * lets everything pass.
   */
  public static Mesh mesh() {
    Mesh one = only;
    return one != null ? one : several().current();
  }

  private static WebApplications several() {
    WebApplications several = applications;
    if (several == null) {
      throw new IllegalStateException("no workload (expected: one, or web applications)");
    }
    return several;
  }

  /** Null in a JVM that is one workload, whose container has nothing to tell then. */
  public static @Nullable WebApplications applications() {
    return applications;
  }

  /** This JVM is one workload. Set once at start, and by tests. */
  public static void mesh(Mesh mesh) {
    mesh.failures(Suppressed::report);
    only = mesh;
    applications = null;
  }

  /** This JVM is several workloads. Set once at start. */
  public static void applications(WebApplications several) {
    applications = several;
    only = null;
  }

  /** What a task is to carry that is begun here and runs elsewhere. */
  public static CallContext context() {
    CallContext current = CallContext.current();
    return current == CallContext.EMPTY && applications != null ? mesh().context() : current;
  }

  /**
   * True on the agent's own threads: what they call is never woven into the mesh, or the mesh would
   * wait for itself.
   */
  public static boolean onAgentThread() {
    return Thread.currentThread() instanceof AgentThread;
  }
}
