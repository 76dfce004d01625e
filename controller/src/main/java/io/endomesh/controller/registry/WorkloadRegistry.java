package io.endomesh.controller.registry;

import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.ca.Rotation;
import io.endomesh.dataplane.Protocol;
import io.endomesh.proto.v1.Port;
import io.endomesh.proto.v1.Registration;
import io.endomesh.proto.v1.Status;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The workloads that are alive. Each holds a {@link Lease}: while its stream is open the workload
 * is offered to others; after the stream broke, for the time to live; after a goodbye, no longer.
 * Thread-safe.
 */
public final class WorkloadRegistry {

  private static final Logger log = LoggerFactory.getLogger(WorkloadRegistry.class);

  /** How often an agent says that it lives; a third of the default time to live. */
  static final Duration HEARTBEAT_INTERVAL = Duration.ofSeconds(1);

  /**
   * An open stream that is silent for this many times to live counts as broken: the machine behind
   * it may have gone without a word. More than one, because a JVM that pauses for garbage
   * collection or starts on a busy machine is silent too.
   */
  private static final int SILENT_TIMES_TO_LIVE = 3;

  private final Duration ttl;
  private final LongSupplier nanoTime;
  private final Clock clock;
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();

  // Guarded by this; insertion order, so that the longest known workload of a service comes first.
  private final Map<String, Entry> entries = new LinkedHashMap<>();

  /**
   * A workload and its lease; replaced, never changed, but for the time. Guarded by the registry.
   */
  private static final class Entry {
    Workload workload;
    Lease lease;
    long lastSeenNanos;

    /** Zero while connected. */
    long endsNanos;

    boolean connected = true;

    Entry(Workload workload, Lease lease, long nowNanos) {
      this.workload = workload;
      this.lease = lease;
      this.lastSeenNanos = nowNanos;
    }
  }

  public WorkloadRegistry(Duration ttl, LongSupplier nanoTime, Clock clock) {
    this.ttl = ttl;
    this.nanoTime = nanoTime;
    this.clock = clock;
  }

  public Duration ttl() {
    return ttl;
  }

  /** Longest known first. */
  public synchronized List<Workload> workloads() {
    List<Workload> all = new ArrayList<>(entries.size());
    for (Entry entry : entries.values()) {
      all.add(entry.workload);
    }
    return all;
  }

  public synchronized Optional<Workload> find(String instance) {
    return Optional.ofNullable(entries.get(instance)).map(entry -> entry.workload);
  }

  /** By which an instance proved itself when it joined; null if there is no such instance. */
  public synchronized @Nullable X509Certificate certificate(String instance) {
    Entry entry = entries.get(instance);
    return entry == null ? null : entry.lease.certificate;
  }

  /** What the connected ones say that they are vouched for by, and whom they believe. */
  public List<Rotation.Witness> witnesses() {
    return workloads().stream()
        .filter(Workload::connected)
        .map(
            workload ->
                new Rotation.Witness(
                    workload.instance(),
                    workload.health().certificateRoot(),
                    workload.health().trustedRoots()))
        .toList();
  }

  /** Calls {@code listener} after each change of what others need to reach workloads. */
  public void watch(Runnable listener) {
    listeners.add(listener);
  }

  /**
   * Takes in a workload, or takes it back after its stream broke.
   *
   * @param attestation how far it is believed in what it says of itself
   * @param seenAddress where the stream comes from; used if the registration names no address
   * @throws InstanceHeldException if it is one of another identity, which then is left alone
   */
  public Lease join(Registration registration, Attestation attestation, String seenAddress)
      throws InstanceHeldException {
    return join(registration, attestation, null, seenAddress);
  }

  /**
   * As the other.
   *
   * @param certificate by which it proves itself; null where nobody asks for it later
   */
  public Lease join(
      Registration registration,
      Attestation attestation,
      @Nullable X509Certificate certificate,
      String seenAddress)
      throws InstanceHeldException {
    Lease lease = new Lease(registration.getInstance(), attestation, certificate, seenAddress);
    boolean changed;
    synchronized (this) {
      Entry known = entries.get(registration.getInstance());
      if (known != null && !known.workload.isOf(registration)) {
        throw new InstanceHeldException(registration.getInstance(), known.workload.identity());
      }
      Workload workload = workload(registration, attestation, seenAddress, known);
      changed = known == null || !known.workload.sameEndpoint(workload);
      if (known == null) {
        entries.put(workload.instance(), new Entry(workload, lease, nanoTime.getAsLong()));
      } else {
        known.workload = workload;
        known.lease = lease;
        known.connected = true;
        known.lastSeenNanos = nanoTime.getAsLong();
      }
    }
    if (changed) {
      log.info(
          "{} of {}/{} joined from {}",
          registration.getInstance(),
          registration.getNamespace(),
          registration.getService(),
          seenAddress);
      changed();
    }
    return lease;
  }

  /** Removes the workloads whose lease has ended. To be called several times a time to live. */
  public void expire() {
    List<String> removed = new ArrayList<>();
    synchronized (this) {
      long now = nanoTime.getAsLong();
      for (Entry entry : List.copyOf(entries.values())) {
        boolean silent =
            entry.connected && now - entry.lastSeenNanos > ttl.toNanos() * SILENT_TIMES_TO_LIVE;
        boolean over = !entry.connected && now - entry.endsNanos >= 0;
        if (silent || over) {
          entries.remove(entry.workload.instance());
          removed.add(entry.workload.instance());
        }
      }
    }
    if (!removed.isEmpty()) {
      log.info("lease over, no longer offered to others: {}", String.join(", ", removed));
      changed();
    }
  }

  private void changed() {
    for (Runnable listener : listeners) {
      listener.run();
    }
  }

  private Workload workload(
      Registration registration,
      Attestation attestation,
      String seenAddress,
      @Nullable Entry known) {
    String service = registration.getService();
    Map<String, String> labels = attestation.labels(service, registration.getLabelsMap());
    Instant now = clock.instant();
    return new Workload(
        registration.getNamespace(),
        service,
        registration.getInstance(),
        labels,
        attestation.vouchedFor(service, labels),
        attestation.labels(),
        registration.getAddress().isEmpty() ? seenAddress : registration.getAddress(),
        registration.getPortsList().stream().map(WorkloadRegistry::port).toList(),
        new Workload.Agent(
            registration.getAgentVersion(),
            registration.getJavaVersion(),
            registration.getMainClass(),
            registration.getPid()),
        known == null ? now : known.workload.joinedAt(),
        now,
        null,
        new Workload.Health(0, 0, 0, null, registration.getInstrumentationsList()));
  }

  private static WorkloadPort port(Port port) {
    return new WorkloadPort(
        port.getNumber(),
        port.getProtocol() == io.endomesh.proto.v1.Protocol.GRPC ? Protocol.GRPC : Protocol.HTTP,
        port.getAdvertised() == 0 ? port.getNumber() : port.getAdvertised());
  }

  /**
   * One workload's claim to be offered to others. A later lease of the same instance replaces it;
   * from then on it does nothing. Thread-safe.
   */
  public final class Lease {

    private final String instance;
    private final Attestation attestation;
    private final @Nullable X509Certificate certificate;
    private final String seenAddress;

    private Lease(
        String instance,
        Attestation attestation,
        @Nullable X509Certificate certificate,
        String seenAddress) {
      this.instance = instance;
      this.attestation = attestation;
      this.certificate = certificate;
      this.seenAddress = seenAddress;
    }

    /**
     * Something changed about the workload: a server bound a port.
     *
     * @param registration of the same instance and identity
     * @return false if a later lease has replaced this one, and nothing was done
     */
    public boolean renew(Registration registration) {
      boolean changed;
      synchronized (WorkloadRegistry.this) {
        Entry entry = entry();
        if (entry == null) {
          if (entries.containsKey(instance)) {
            return false;
          }
          // Removed for its silence; it speaks again.
          changed = true;
          Workload workload = workload(registration, attestation, seenAddress, null);
          entry = new Entry(workload, this, nanoTime.getAsLong());
          entries.put(instance, entry);
        } else {
          Workload.Health health = entry.workload.health();
          Workload workload =
              workload(registration, attestation, seenAddress, entry).seen(clock.instant(), health);
          changed = !entry.workload.sameEndpoint(workload);
          entry.workload = workload;
          entry.lastSeenNanos = nanoTime.getAsLong();
        }
      }
      if (changed) {
        changed();
      }
      return true;
    }

    /**
     * The workload lives.
     *
     * @return false if it was removed, and must register again
     */
    public boolean heartbeat(Status status) {
      synchronized (WorkloadRegistry.this) {
        Entry entry = entry();
        if (entry == null) {
          return false;
        }
        entry.lastSeenNanos = nanoTime.getAsLong();
        entry.workload =
            entry.workload.seen(clock.instant(), health(status, entry.workload.health()));
        return true;
      }
    }

    /** The workload ends: it is offered to nobody from now on. */
    public void goodbye() {
      synchronized (WorkloadRegistry.this) {
        if (entry() == null) {
          return;
        }
        entries.remove(instance);
      }
      log.info("{} said goodbye", instance);
      changed();
    }

    /** The stream broke; the workload has the time to live to come back. */
    public void broken() {
      synchronized (WorkloadRegistry.this) {
        Entry entry = entry();
        if (entry == null || !entry.connected) {
          return;
        }
        entry.connected = false;
        entry.endsNanos = nanoTime.getAsLong() + ttl.toNanos();
        entry.workload = entry.workload.leaseEnding(clock.instant().plus(ttl));
      }
      log.info(
          "the stream of {} broke; offered to others for {} ms more", instance, ttl.toMillis());
    }

    private @Nullable Entry entry() {
      Entry entry = entries.get(instance);
      return entry == null || entry.lease != this ? null : entry;
    }
  }

  private Workload.Health health(Status status, Workload.Health before) {
    return new Workload.Health(
        status.getSuppressedExceptions(),
        status.getFailedTransformations(),
        status.getDroppedTelemetry(),
        instant(status.getCertificateNotAfter()),
        status.getInstrumentationsCount() == 0
            ? before.instrumentations()
            : status.getInstrumentationsList(),
        status.getCertificateRoot(),
        status.getTrustedRootsList(),
        instant(status.getCertificateNotBefore()),
        Bounds.sentence(status.getRenewalProblem()),
        status.getTlsProblemsList().stream()
            .limit(Bounds.MAX_SENTENCES)
            .map(Bounds::sentence)
            .toList());
  }

  private static @Nullable Instant instant(long epochSecond) {
    return epochSecond == 0 ? null : Instant.ofEpochSecond(epochSecond);
  }
}
