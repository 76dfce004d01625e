package io.endomesh.xds.join;

import io.endomesh.dataplane.Protocol;
import io.endomesh.dataplane.Workload;
import io.endomesh.dataplane.access.AccessRecords;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Goodbye;
import io.endomesh.proto.v1.InstrumentationState;
import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import io.endomesh.proto.v1.Status;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.xds.runtime.Serial;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells the controller that this workload lives, where, and how it is; the stream is the lease. It
 * knows nothing of connections: messages come in and go out. Not thread-safe: runs on the control
 * thread.
 */
public final class Registrar {

  /**
   * What does not change while the process lives.
   *
   * @param address at which others reach it; empty: the one the controller sees
   * @param advertisedPorts by bound port; 0 stands for the first that is bound
   */
  public record About(
      Workload workload,
      String address,
      Map<Integer, Integer> advertisedPorts,
      String agentVersion,
      String javaVersion,
      String mainClass,
      long pid) {

    public About {
      advertisedPorts = Map.copyOf(advertisedPorts);
    }
  }

  /** Until the controller names another interval. */
  private static final long HEARTBEAT_NANOS = 1_000_000_000;

  /** A controller that asks for more would be served by a busy loop. */
  private static final long MIN_HEARTBEAT_NANOS = 100_000_000;

  private final About about;
  private final Serial serial;
  private final Supplier<Health> health;
  private final Supplier<Proof> proof;
  private final Supplier<List<String>> tlsProblems;
  private final TapStream taps;

  /** In the order in which they were bound: the first is the primary one. */
  private final Map<Integer, Protocol> ports = new LinkedHashMap<>();

  private boolean withdrawn;
  private @Nullable Consumer<WorkloadMessage> stream;
  private Serial.@Nullable Timer heartbeat;
  private long heartbeatNanos = HEARTBEAT_NANOS;

  /** Without records of calls. */
  public Registrar(
      About about,
      Serial serial,
      Supplier<Health> health,
      Supplier<Proof> proof,
      Supplier<List<String>> tlsProblems) {
    this(about, serial, health, proof, tlsProblems, new AccessRecords(about.workload().service()));
  }

  /**
   * @param tlsProblems why there is no TLS to servers outside the mesh, in sentences
   * @param records of calls, for who asks to see them
   */
  public Registrar(
      About about,
      Serial serial,
      Supplier<Health> health,
      Supplier<Proof> proof,
      Supplier<List<String>> tlsProblems,
      AccessRecords records) {
    this.tlsProblems = tlsProblems;
    this.taps = new TapStream(records, serial);
    this.about = about;
    this.serial = serial;
    this.health = health;
    this.proof = proof;
  }

  public void bound(int port, Protocol protocol) {
    serial.check();
    if (withdrawn) {
      return;
    }
    if (ports.put(port, protocol) != protocol) {
      register();
    }
  }

  public void closed(int port) {
    serial.check();
    if (ports.remove(port) != null) {
      register();
    }
  }

  /**
   * Offers no port any more, and none that is bound from now on. The lease goes on.
   *
   * @return true if the controller hears of it, and others by it
   */
  public boolean withdraw() {
    serial.check();
    withdrawn = true;
    if (ports.isEmpty()) {
      return false;
    }
    ports.clear();
    register();
    return stream != null;
  }

  /** A stream is open: the lease begins with the first message. */
  public void connected(Consumer<WorkloadMessage> out) {
    serial.check();
    stream = out;
    register();
    beat();
  }

  public void disconnected() {
    serial.check();
    stream = null;
    taps.end();
    if (heartbeat != null) {
      heartbeat.cancel();
      heartbeat = null;
    }
  }

  /** The controller named the terms of the lease. */
  public void received(ControllerMessage message) {
    serial.check();
    if (message.hasLease() && message.getLease().hasHeartbeatInterval()) {
      var interval = message.getLease().getHeartbeatInterval();
      long nanos = interval.getSeconds() * 1_000_000_000 + interval.getNanos();
      heartbeatNanos = Math.max(MIN_HEARTBEAT_NANOS, nanos);
    }
    if (message.hasTaps() && stream != null) {
      taps.received(message.getTaps(), stream);
    }
  }

  /** Ends the lease at once. */
  public void goodbye(String reason) {
    serial.check();
    send(WorkloadMessage.newBuilder().setGoodbye(Goodbye.newBuilder().setReason(reason)));
    disconnected();
  }

  private void beat() {
    heartbeat = serial.schedule(this::beat, heartbeatNanos);
    send(WorkloadMessage.newBuilder().setStatus(status()));
  }

  private void register() {
    Registration.Builder registration =
        Registration.newBuilder()
            .setService(about.workload().service())
            .setNamespace(about.workload().namespace())
            .setInstance(about.workload().instance())
            .putAllLabels(about.workload().labels())
            .setAddress(about.address())
            .setAgentVersion(about.agentVersion())
            .setJavaVersion(about.javaVersion())
            .setMainClass(about.mainClass())
            .setPid(about.pid())
            .addAllInstrumentations(instrumentations(health.get()));
    boolean primary = true;
    for (Map.Entry<Integer, Protocol> port : ports.entrySet()) {
      registration.addPorts(port(port.getKey(), port.getValue(), primary));
      primary = false;
    }
    send(WorkloadMessage.newBuilder().setRegistration(registration));
  }

  private Port port(int number, Protocol protocol, boolean primary) {
    Integer advertised = about.advertisedPorts().get(number);
    if (advertised == null && primary) {
      advertised = about.advertisedPorts().get(0);
    }
    return Port.newBuilder()
        .setNumber(number)
        .setProtocol(
            protocol == Protocol.GRPC
                ? io.endomesh.proto.v1.Protocol.GRPC
                : io.endomesh.proto.v1.Protocol.HTTP)
        .setAdvertised(advertised == null ? 0 : advertised)
        .build();
  }

  private Status status() {
    Health now = health.get();
    Proof mine = proof.get();
    Instant begin = mine.begin();
    Instant end = mine.end();
    return Status.newBuilder()
        .setSuppressedExceptions(now.suppressedExceptions())
        .setFailedTransformations(now.failedTransformations())
        .setDroppedTelemetry(now.droppedTelemetry())
        .addAllInstrumentations(instrumentations(now))
        .setCertificateNotAfter(end == null ? 0 : end.getEpochSecond())
        .setCertificateRoot(mine.root())
        .addAllTrustedRoots(mine.trusted())
        .setCertificateNotBefore(begin == null ? 0 : begin.getEpochSecond())
        .setRenewalProblem(mine.problem())
        .addAllTlsProblems(tlsProblems.get())
        .build();
  }

  private static List<InstrumentationState> instrumentations(Health health) {
    List<InstrumentationState> states = new ArrayList<>();
    for (Health.Instrumentation state : health.instrumentations()) {
      states.add(
          InstrumentationState.newBuilder()
              .setName(state.name())
              .setEnabled(state.enabled())
              .setReason(state.reason())
              .build());
    }
    return states;
  }

  private void send(WorkloadMessage.Builder message) {
    if (stream != null) {
      stream.accept(message.build());
    }
  }
}
