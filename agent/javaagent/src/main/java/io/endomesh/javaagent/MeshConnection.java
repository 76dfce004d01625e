package io.endomesh.javaagent;

import io.endomesh.dataplane.AgentThread;
import io.endomesh.dataplane.CallObserver;
import io.endomesh.dataplane.Discovery;
import io.endomesh.dataplane.ForeignHeaders;
import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.telemetry.Telemetry;
import io.endomesh.telemetry.TelemetrySettings;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.InstrumentationState;
import io.endomesh.weaving.Instrumentations;
import io.endomesh.weaving.Settings;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.xds.ControlPlane;
import io.endomesh.xds.ControlPlaneSettings;
import io.endomesh.xds.JoinString;
import io.endomesh.xds.identity.KeyKind;
import io.endomesh.xds.join.Health;
import io.endomesh.xds.join.Registrar;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.spiffe.EndpointSocket;
import java.io.File;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Connects a workload of this JVM to the mesh: controller connection and telemetry. Does so on a
 * thread of the agent, because its classes cost more to load than an application should wait for;
 * what is asked meanwhile waits, and what is said is kept.
 */
final class MeshConnection {

  /**
   * A JVM that exits does not wait longer than a second: half for telemetry, half for a goodbye.
   */
  private static final Duration LAST_WORDS = Duration.ofMillis(500);

  private final Settings settings;
  private final String join;
  private final Mesh mesh;
  private final Instrumentations instrumentations;
  private final StartingDiscovery discovery = new StartingDiscovery(StartingDiscovery.PATIENCE);
  private final StartingListeners listeners = new StartingListeners();
  private final File jar;
  private final String about;
  private final Termination termination;
  private final Thread stop = new AgentThread(this::sayGoodbye, "stop");

  // Guarded by this.
  private @Nullable Telemetry telemetry;
  private @Nullable ControlPlane controlPlane;
  private @Nullable AccessLog accessLog;
  private boolean ended;

  /**
   * @param about begins what is logged, to say which of several workloads it is about
   */
  MeshConnection(
      Settings settings,
      String join,
      Mesh mesh,
      Instrumentations instrumentations,
      File jar,
      Termination termination,
      String about) {
    this.settings = settings;
    this.join = join;
    this.mesh = mesh;
    this.instrumentations = instrumentations;
    this.jar = jar;
    this.about = about;
    this.termination = termination;
    if (settings.refusesUntilConfigured()) {
      mesh.publish(new Snapshot(0, Map.of(), Inbound.CLOSED, null));
    }
    mesh.discovery(discovery);
    mesh.listeners(listeners);
    mesh.maxConnectionAgeAfterRenewal(settings.maxConnectionAgeAfterRenewal());
    mesh.foreignHeaders(new ForeignHeaders(settings.trustedProxies()));
  }

  void start() {
    new AgentThread(this::run, "start").start();
  }

  /** Leaves the mesh, and waits for nothing. */
  void end() {
    new AgentThread(this::leave, "leave").start();
  }

  private void run() {
    try {
      connect(JoinString.parse(join));
    } catch (IllegalArgumentException e) {
      AgentLog.error(about + e.getMessage() + "; the application runs without the mesh");
      discovery.handOver(Discovery.NONE);
    } catch (RuntimeException | LinkageError e) {
      AgentLog.error(
          about + "cannot connect to the mesh: " + e + "; the application runs without it");
      discovery.handOver(Discovery.NONE);
    }
  }

  private synchronized void connect(JoinString parsed) {
    if (ended) {
      discovery.handOver(Discovery.NONE);
      return;
    }
    EndpointSocket workloadApi = workloadApi(parsed);
    String version = version(jar);
    Sentences sentences = new Sentences(about);
    // Telemetry and connection know each other: the one reports, the other sends.
    ControlPlane[] connected = new ControlPlane[1];
    Telemetry reporting =
        settings.telemetryEnabled()
            ? new Telemetry(
                mesh.workload(),
                TelemetrySettings.of(
                    settings.telemetrySampling(),
                    settings.telemetryTracesPerSecond(),
                    settings.telemetryPropagation(),
                    version,
                    sentences::warn),
                (path, contentType, body) -> post(connected[0], path, contentType, body),
                task -> new AgentThread(task, "telemetry"),
                sentences::warn)
            : null;
    if (reporting != null) {
      reporting.certificateEnd(
          () -> {
            Identity identity = mesh.identity();
            return identity == null ? null : identity.notAfter();
          });
    }
    // Without telemetry calls can be looked at still.
    mesh.observer(reporting == null ? CallObserver.NONE : reporting);
    String place = settings.accessLog();
    if (place != null) {
      accessLog =
          AccessLog.start(
              place, settings.accessLogSampling(), mesh.workload(), mesh.records(), sentences);
    }
    ControlPlane started =
        ControlPlane.start(
            new ControlPlaneSettings(
                parsed,
                settings.stateDir().toPath(),
                settings.discoveryTimeout(),
                about(version),
                settings.ed25519Key() ? KeyKind.ED25519 : KeyKind.EC,
                settings.keepsCredentials(),
                () -> health(reporting),
                sentences,
                workloadApi),
            mesh);
    connected[0] = started;
    controlPlane = started;
    telemetry = reporting;
    listeners.handOver(started);
    discovery.handOver(started.discovery());
    Runtime.getRuntime().addShutdownHook(stop);
    termination.begins(this);
  }

  /**
   * Nobody is sent here any more.
   *
   * @return true if some were, and are told otherwise
   */
  boolean withdraw() {
    ControlPlane connected;
    synchronized (this) {
      connected = controlPlane;
    }
    try {
      return connected != null
          && connected.withdraw().get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } catch (ExecutionException | TimeoutException e) {
      return false;
    }
  }

  long callsBeingServed() {
    return mesh.callsBeingServed();
  }

  /** Null if the controller gives certificates out. */
  private @Nullable EndpointSocket workloadApi(JoinString parsed) {
    return settings.spiffeWorkloadApi() || parsed.isWithoutToken()
        ? EndpointSocket.parse(settings.spiffeEndpointSocket())
        : null;
  }

  private static CompletableFuture<Integer> post(
      @Nullable ControlPlane controlPlane, String path, String contentType, byte[] body) {
    return controlPlane == null
        ? CompletableFuture.failedFuture(new IOException("not connected yet"))
        : controlPlane.post(path, contentType, body);
  }

  private void leave() {
    try {
      sayGoodbye();
      // What still runs goes on with what is known, and waits for nobody.
      mesh.discovery(Discovery.NONE);
      Runtime.getRuntime().removeShutdownHook(stop);
    } catch (IllegalStateException exiting) {
      // Then the hook has run, or waits until this has said goodbye.
    }
  }

  private synchronized void sayGoodbye() {
    ended = true;
    termination.ended(this);
    ControlPlane connected = controlPlane;
    controlPlane = null;
    try {
      if (accessLog != null) {
        accessLog.close(LAST_WORDS.toMillis() / 2);
      }
      if (telemetry != null) {
        telemetry.close(LAST_WORDS);
      }
      if (connected != null) {
        connected.close(LAST_WORDS);
      }
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

  /** Of each heartbeat, which is also the time for what nobody else does. */
  private Health health(@Nullable Telemetry telemetry) {
    WeakIdentityMap.expungeAll();
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
  private record Sentences(String about) implements Log {
    @Override
    public void info(String sentence) {
      AgentLog.info(about + sentence);
    }

    @Override
    public void warn(String sentence) {
      AgentLog.warn(about + sentence);
    }

    @Override
    public void error(String sentence) {
      AgentLog.error(about + sentence);
    }
  }
}
