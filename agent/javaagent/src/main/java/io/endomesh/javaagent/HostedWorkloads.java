package io.endomesh.javaagent;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Workload;
import io.endomesh.weaving.Instrumentations;
import io.endomesh.weaving.Settings;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.WebApplications;
import java.io.File;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Connects each web application that is a service of its own as a JVM of its own would be: with its
 * certificate, its configuration and its telemetry. Thread-safe.
 */
final class HostedWorkloads implements WebApplications.Workloads {

  private final Settings settings;
  private final String join;
  private final Instrumentations instrumentations;
  private final File jar;
  private final Termination termination;
  private final Map<Mesh, MeshConnection> connections = new ConcurrentHashMap<>();

  HostedWorkloads(
      Settings settings,
      String join,
      Instrumentations instrumentations,
      File jar,
      Termination termination) {
    this.settings = settings;
    this.join = join;
    this.instrumentations = instrumentations;
    this.jar = jar;
    this.termination = termination;
  }

  @Override
  public Mesh begin(String service) {
    Mesh mesh =
        Mesh.ofApplication(
            new Workload(
                service, settings.namespace(), InstanceName.of(service), settings.labels()));
    mesh.failures(Suppressed::report);
    MeshConnection connection =
        new MeshConnection(
            settings, join, mesh, instrumentations, jar, termination, service + ": ");
    connections.put(mesh, connection);
    connection.start();
    return mesh;
  }

  @Override
  public void end(Mesh workload) {
    MeshConnection connection = connections.remove(workload);
    if (connection != null) {
      connection.end();
    }
  }
}
