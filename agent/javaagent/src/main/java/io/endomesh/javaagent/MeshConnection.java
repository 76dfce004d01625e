package io.endomesh.javaagent;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.Discovery;
import io.endomesh.dataplane.Mesh;
import io.endomesh.telemetry.Telemetry;
import io.endomesh.telemetry.TelemetrySettings;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.InstrumentationState;
import io.endomesh.weaving.Instrumentations;
import io.endomesh.weaving.Settings;
import io.endomesh.weaving.Suppressed;
import io.endomesh.xds.ControlPlane;
import io.endomesh.xds.ControlPlaneSettings;
import io.endomesh.xds.JoinString;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.Log;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Connects this JVM to its mesh: controller connection and telemetry. Loaded and run on a thread of
 * the agent, because its classes cost more to load than an application should wait for.
 */
final class MeshConnection implements Runnable {

  /**
   * A JVM that exits does not wait longer than a second: half for telemetry, half for a goodbye.
   */
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private final Settings settings;
  private final String join;
  private final Mesh mesh;
  private final Instrumentations instrumentations;
  private final StartingDiscovery discovery;
  private final StartingListeners listeners;
  private final File jar;

  MeshConnection(
      Settings settings,
      String join,
      Mesh mesh,
      Instrumentations instrumentations,
      StartingDiscovery discovery,
      StartingListeners listeners,
      File jar) {
    this.settings = settings;
    this.join = join;
    this.mesh = mesh;
    this.instrumentations = instrumentations;
    this.discovery = discovery;
    this.listeners = listeners;
    this.jar = jar;
  }

  @Override
  public void run() {
    try {
      connect(JoinString.parse(join));
    } catch (IllegalArgumentException e) {
      AgentLog.error(e.getMessage() + "; the application runs without the mesh");
      discovery.handOver(Discovery.NONE);
    } catch (RuntimeException | LinkageError e) {
      AgentLog.error("cannot connect to the mesh: " + e + "; the application runs without it");
      discovery.handOver(Discovery.NONE);
    }
  }

  private void connect(JoinString parsed) {
    String version = version(jar);
    // Telemetry and connection know each other: the one reports, the other sends.
    ControlPlane[] controlPlane = new ControlPlane[1];
    Telemetry telemetry =
        settings.telemetryEnabled()
            ? new Telemetry(
                mesh.workload(),
                TelemetrySettings.of(
                    settings.telemetrySampling(),
                    settings.telemetryTracesPerSecond(),
                    version,
                    AgentLog::warn),
                (path, contentType, body) -> post(controlPlane[0], path, contentType, body),
                task -> new AgentThread(task, "telemetry"),
                AgentLog::warn)
            : null;
    if (telemetry != null) {
      mesh.observer(telemetry);
    }
    ControlPlane started =
        ControlPlane.start(
            new ControlPlaneSettings(
                parsed,
                settings.stateDir().toPath(),
                settings.discoveryTimeout(),
                about(version),
                () -> health(telemetry),
                new Sentences()),
            mesh);
    controlPlane[0] = started;
    listeners.handOver(started);
    discovery.handOver(started.discovery());
    Runtime.getRuntime()
        .addShutdownHook(new AgentThread(() -> sayGoodbye(telemetry, started), "stop"));
  }

  private static CompletableFuture<Integer> post(
      @Nullable ControlPlane controlPlane, String path, String contentType, byte[] body) {
    return controlPlane == null
        ? CompletableFuture.failedFuture(new IOException("not connected yet"))
        : controlPlane.post(path, contentType, body);
  }

  private static void sayGoodbye(@Nullable Telemetry telemetry, ControlPlane controlPlane) {
    try {
      if (telemetry != null) {
        telemetry.close(LAST_WORDS);
      }
      controlPlane.close(LAST_WORDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Registrar.About about(String version) {
    Settings.AdvertisedPort advertised = settings.advertisedPort();
    String address = settings.address();
    return new Registrar.About(
        mesh.workload(),
        address == null ? "" : address,
        advertised == null ? Map.of() : Map.of(advertised.bound(), advertised.advertised()),
        version,
        System.getProperty("java.version", "unknown"),
        System.getProperty("sun.java.command", "unknown").split(" ", 2)[0],
        ProcessHandle.current().pid());
  }

  private Health health(@Nullable Telemetry telemetry) {
    List<Health.Instrumentation> states =
        instrumentations.states().stream().map(MeshConnection::state).toList();
    return new Health(
        Suppressed.count() + (telemetry == null ? 0 : telemetry.failures()),
        Suppressed.failedTransformations(),
        telemetry == null ? 0 : telemetry.dropped(),
        states);
  }

  private static Health.Instrumentation state(InstrumentationState state) {
    return new Health.Instrumentation(state.name(), state.enabled(), state.reason());
  }

  private static String version(File jar) {
    try (JarFile open = new JarFile(jar, false)) {
      Manifest manifest = open.getManifest();
      String version =
          manifest == null ? null : manifest.getMainAttributes().getValue("Implementation-Version");
      return version == null ? "unknown" : version;
    } catch (IOException e) {
      return "unknown";
    }
  }

  /** Sentences of the controller connection, in the agent's log. */
  private static final class Sentences implements Log {
    @Override
    public void info(String sentence) {
      AgentLog.info(sentence);
    }

    @Override
    public void warn(String sentence) {
      AgentLog.warn(sentence);
    }
  }
}
