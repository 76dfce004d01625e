package io.endomesh.testkit;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import io.endomesh.weaving.Weaving;
import java.lang.instrument.Instrumentation;
import java.util.Map;

/**
 * A second agent, behind the packaged one: shows the tests the types of that one, and gives woven
 * code a mesh that the tests publish to, as a controller would. The agent's own stays with the
 * controller connection, which finds nobody here.
 */
public final class ContractAgent {

  private static final String WITNESS = "io.endomesh.weaving.Weaving";

  private ContractAgent() {}

  public static void premain(String arguments, Instrumentation jvm) {
    ((ContractLoader) ClassLoader.getSystemClassLoader()).agent(agentLoader(jvm));
    Weaving.mesh(new Mesh(new Workload("tests", "default", "tests-1", Map.of())));
  }

  private static ClassLoader agentLoader(Instrumentation jvm) {
    for (Class<?> loaded : jvm.getAllLoadedClasses()) {
      if (loaded.getName().equals(WITNESS)) {
        return loaded.getClassLoader();
      }
    }
    throw new IllegalStateException(
        "agent: not running (expected: -javaagent of the packaged jar, with a join string, before"
            + " this one)");
  }
}
