package io.endomesh.controller.registry;

import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.proto.v1.InstrumentationState;
import io.endomesh.proto.v1.Registration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One live JVM, as it registered itself and was last heard of. Immutable.
 *
 * @param instance unique for each process
 * @param labels those of its join token, else as it said itself; {@code app} is the service if
 *     neither says otherwise
 * @param attested those of them by which other services may take it for one of theirs
 * @param given those that its join token gives, whatever it says: by which others may let it in
 * @param address at which others reach it
 * @param ports in the order in which they were bound
 * @param joinedAt of the first registration of this instance
 * @param lastSeen when it last sent anything
 * @param leaseEndsAt set while its stream is broken and it has not yet been removed
 */
public record Workload(
    String namespace,
    String service,
    String instance,
    Map<String, String> labels,
    Map<String, String> attested,
    Map<String, String> given,
    String address,
    List<WorkloadPort> ports,
    Agent agent,
    Instant joinedAt,
    Instant lastSeen,
    @Nullable Instant leaseEndsAt,
    Health health) {

  /** What runs there. */
  public record Agent(String version, String javaVersion, String mainClass, long pid) {}

  /**
   * What the agent last said of itself.
   *
   * @param certificateNotAfter null without a certificate
   * @param certificateRoot fingerprint of that which vouches for it; empty if it does not say
   * @param trustedRoots fingerprints of those it believes; empty if it does not say
   * @param certificateNotBefore when the life of its certificate began; null if it does not say
   * @param renewalProblem why it has not been renewed though it is due; empty if there is none
   * @param tlsProblems why calls that need files of it are refused, in sentences
   */
  public record Health(
      long suppressedExceptions,
      long failedTransformations,
      long droppedTelemetry,
      @Nullable Instant certificateNotAfter,
      List<InstrumentationState> instrumentations,
      String certificateRoot,
      List<String> trustedRoots,
      @Nullable Instant certificateNotBefore,
      String renewalProblem,
      List<String> tlsProblems) {

    public Health {
      tlsProblems = List.copyOf(tlsProblems);
      instrumentations = List.copyOf(instrumentations);
      trustedRoots = List.copyOf(trustedRoots);
    }

    /** Of a workload that does not say by which root it is vouched for, or whom it believes. */
    public Health(
        long suppressedExceptions,
        long failedTransformations,
        long droppedTelemetry,
        @Nullable Instant certificateNotAfter,
        List<InstrumentationState> instrumentations) {
      this(
          suppressedExceptions,
          failedTransformations,
          droppedTelemetry,
          certificateNotAfter,
          instrumentations,
          "",
          List.of(),
          null,
          "",
          List.of());
    }
  }

  public Workload {
    labels = Map.copyOf(labels);
    attested = Map.copyOf(attested);
    given = Map.copyOf(given);
    ports = List.copyOf(ports);
  }

  public WorkloadIdentity identity() {
    return new WorkloadIdentity(namespace, service);
  }

  /**
   * True if calls for what selects these labels may be sent to it, and its identity be believed
   * there: it carries the labels, and did not just say those by which it comes to serve for others.
   * What tells workloads of one service apart, {@code version}, each may say of itself.
   */
  public boolean mayServe(Map<String, String> selector) {
    return carries(selector)
        && (attested.entrySet().containsAll(selector.entrySet())
            || service.equals(selector.get("app")));
  }

  /** True if these are among its labels, by whoever said them. */
  public boolean carries(Map<String, String> selector) {
    return labels.entrySet().containsAll(selector.entrySet());
  }

  /** True if the registration is made in its name. */
  boolean isOf(Registration registration) {
    return namespace.equals(registration.getNamespace())
        && service.equals(registration.getService());
  }

  /** True while its stream is open. */
  public boolean connected() {
    return leaseEndsAt == null;
  }

  /** True if what others need to reach it is the same. */
  boolean sameEndpoint(Workload other) {
    return namespace.equals(other.namespace)
        && service.equals(other.service)
        && labels.equals(other.labels)
        && attested.equals(other.attested)
        && given.equals(other.given)
        && address.equals(other.address)
        && ports.equals(other.ports);
  }

  /** The same, heard of once more. */
  public Workload seen(Instant now, Health said) {
    return new Workload(
        namespace,
        service,
        instance,
        labels,
        attested,
        given,
        address,
        ports,
        agent,
        joinedAt,
        now,
        leaseEndsAt,
        said);
  }

  Workload leaseEnding(Instant at) {
    return new Workload(
        namespace, service, instance, labels, attested, given, address, ports, agent, joinedAt,
        lastSeen, at, health);
  }
}
