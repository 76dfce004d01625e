package io.endomesh.instrumentation.concurrent.test;

import io.endomesh.weaving.FrontFilter;
import io.endomesh.weaving.Instrumentations;
import io.endomesh.weaving.Settings;
import java.lang.instrument.Instrumentation;

/** The agent of the test JVM: weaves its executors as the real one does, from the class path. */
public final class WovenTests {

  private WovenTests() {}

  public static void premain(String arguments, Instrumentation jvm) {
    // Classes of the agent's own loader are never woven, so it must be another than the tests'.
    ClassLoader loader = new ClassLoader("agent", WovenTests.class.getClassLoader()) {};
    FrontFilter.install(Instrumentations.load(loader, Settings.read(null)), loader, jvm);
  }
}
