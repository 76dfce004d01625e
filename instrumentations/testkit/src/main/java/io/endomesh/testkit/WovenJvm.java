package io.endomesh.testkit;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import io.endomesh.weaving.FrontFilter;
import io.endomesh.weaving.Instrumentations;
import io.endomesh.weaving.Settings;
import io.endomesh.weaving.Weaving;
import java.lang.instrument.Instrumentation;
import java.util.Map;

/**
 * The agent of a test JVM: weaves with the real weaver the instrumentations on the class path. The
 * mesh is in reach of the tests, which publish to it what a controller would. Libraries that are on
 * the class path as well are not woven, since the agent's own are not; {@link LibraryLoader} loads
 * the ones under test.
 */
public final class WovenJvm {

  private WovenJvm() {}

  public static void premain(String arguments, Instrumentation jvm) {
    Weaving.mesh(new Mesh(new Workload("tests", "default", "tests-1", Map.of())));
    ClassLoader loader = WovenJvm.class.getClassLoader();
    FrontFilter.install(Instrumentations.load(loader, Settings.read(null)), loader, jvm);
  }
}
