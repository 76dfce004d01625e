package io.endomesh.javaagent;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.FrontFilter;
import io.endomesh.weaving.Instrumentations;
import io.endomesh.weaving.ServiceNames;
import io.endomesh.weaving.Settings;
import io.endomesh.weaving.Weaving;
import io.endomesh.weaving.WebApplications;
import java.io.File;
import java.lang.instrument.Instrumentation;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Puts the agent together: settings, weaving, and, on a thread of its own, the connection to the
 * controller. Started once, by the launcher.
 */
public final class Agent {

  /**
   * OpenTelemetry and Netty log by the first, protobuf and Netty take {@code sun.misc.Unsafe} of
   * the second. They are there if the application is on the class path, or one of its modules asks
   * for them (JEP 261, "Root modules").
   */
  private static final List<String> MODULES = List.of("java.logging", "jdk.unsupported");

  private Agent() {}

  /**
   * Called by the launcher, through reflection, in {@code premain}. Does what has to be done before
   * the application loads its first class, which is little; everything else happens beside it.
   */
  public static void start(@Nullable String arguments, Instrumentation jvm, File jar) {
    Settings settings = Settings.read(arguments);
    AgentLog.threshold(settings.logLevel());
    settings.problems().forEach(AgentLog::warn);
    String join = settings.join();
    if (join == null) {
      AgentLog.info(
          "no join string is set (join or join-file); the application runs without the mesh");
      return;
    }
    String missing = missingModules();
    if (!missing.isEmpty()) {
      AgentLog.warn(
          "modules: the application brings no "
              + missing
              + " (expected: --add-modules "
              + missing
              + " on its command line, for an agent cannot add them); the application runs without"
              + " the mesh");
      return;
    }
    Mesh mesh =
        new Mesh(
            new Workload(
                settings.service(),
                settings.namespace(),
                InstanceName.of(settings.service()),
                settings.labels()));
    ClassLoader loader = Agent.class.getClassLoader();
    Instrumentations instrumentations = Instrumentations.load(loader, settings);
    Termination termination = new Termination(settings.drainTimeout());
    MeshConnection connection =
        new MeshConnection(
            settings, join, mesh, instrumentations, jar, termination, /* about= */ "");
    ServiceNames services = settings.services();
    if (services == null) {
      Weaving.mesh(mesh);
    } else {
      Weaving.applications(
          new WebApplications(
              mesh,
              services,
              new HostedWorkloads(settings, join, instrumentations, jar, termination)));
    }
    FrontFilter.install(instrumentations, loader, jvm);
    connection.start();
  }

  private static String missingModules() {
    return MODULES.stream()
        .filter(name -> ModuleLayer.boot().findModule(name).isEmpty())
        .collect(Collectors.joining(","));
  }
}
