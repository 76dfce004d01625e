package io.endomesh.controller.registry;

import com.google.protobuf.util.Durations;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.endomesh.controller.CallerIdentity;
import io.endomesh.controller.ca.Attestation;
import io.endomesh.controller.ca.CertificateAuthority;
import io.endomesh.controller.ca.WorkloadIdentity;
import io.endomesh.controller.tap.TapHub;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Lease;
import io.endomesh.proto.v1.Registration;
import io.endomesh.proto.v1.RenewCertificate;
import io.endomesh.proto.v1.WorkloadMessage;
import io.endomesh.proto.v1.WorkloadServiceGrpc;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets workloads join: their stream is their lease. Thread-safe. */
public final class WorkloadService extends WorkloadServiceGrpc.WorkloadServiceImplBase {

  private static final Logger log = LoggerFactory.getLogger(WorkloadService.class);

  private static final int MAX_TAP_BYTES = 1 << 20;

  private final WorkloadRegistry registry;
  private final Settling settling;
  private final CertificateAuthority authority;
  private final String trustDomain;
  private final Set<Stream> streams = ConcurrentHashMap.newKeySet();
  private final TapHub taps;

  public WorkloadService(
      WorkloadRegistry registry, Settling settling, CertificateAuthority authority, TapHub taps) {
    this.taps = taps;
    this.registry = registry;
    this.settling = settling;
    this.authority = authority;
    this.trustDomain = authority.trustDomain();
  }

  @Override
  public StreamObserver<WorkloadMessage> join(StreamObserver<ControllerMessage> answers) {
    ServiceRequestContext context = ServiceRequestContext.current();
    WorkloadIdentity caller = CallerIdentity.of(context, trustDomain);
    String address = context.remoteAddress().getAddress().getHostAddress();
    Stream stream =
        new Stream(
            caller,
            CallerIdentity.certificate(context),
            CallerIdentity.absence(context),
            address,
            answers,
            context.eventLoop());
    streams.add(stream);
    context.log().whenComplete().thenRun(() -> streams.remove(stream));
    if (answers instanceof ServerCallStreamObserver<ControllerMessage> call) {
      // Without it, answering a workload that has just gone throws.
      call.setOnCancelHandler(stream::end);
    }
    return stream;
  }

  /** Ends all streams: the controller stops, and its workloads come back to the next one. */
  public void drain() {
    streams.forEach(stream -> stream.loop.execute(stream::drain));
  }

  /** One workload's stream; gRPC calls it from one thread at a time. */
  private final class Stream implements StreamObserver<WorkloadMessage> {

    private final @Nullable WorkloadIdentity caller;
    private final Attestation attestation;
    private final @Nullable X509Certificate certificate;
    private final String absence;
    private final String address;
    private final StreamObserver<ControllerMessage> answers;
    private final Executor loop;
    private WorkloadRegistry.@Nullable Lease lease;
    private TapHub.@Nullable Line line;
    private String instance = "";
    private boolean ended;
    // Guarded by answers.
    private boolean closed;
    private boolean askedToRenew;
    private long askAgainNanos;

    Stream(
        @Nullable WorkloadIdentity caller,
        @Nullable X509Certificate certificate,
        String absence,
        String address,
        StreamObserver<ControllerMessage> answers,
        Executor loop) {
      this.caller = caller;
      this.certificate = certificate;
      this.attestation =
          certificate == null ? Attestation.SERVICE_ALONE : authority.attestation(certificate);
      this.absence = absence;
      this.address = address;
      this.answers = answers;
      this.loop = loop;
    }

    @Override
    public void onNext(WorkloadMessage message) {
      if (ended) {
        return;
      }
      switch (message.getMessageCase()) {
        case REGISTRATION -> register(message.getRegistration());
        case STATUS -> {
          if (lease == null) {
            refuse(Status.FAILED_PRECONDITION, "first message: status (expected: registration)");
          } else if (message.getSerializedSize() > Bounds.MAX_BYTES) {
            refuse(Status.INVALID_ARGUMENT, Bounds.tooLong("status", message.getSerializedSize()));
          } else if (!lease.heartbeat(message.getStatus())) {
            refuse(Status.UNAVAILABLE, "the lease is over (expected: a new stream)");
          } else {
            renewal(message.getStatus().getCertificateRoot());
          }
        }
        case TAPPED -> {
          // More than an agent of ours sends is not for us to hold.
          if (line != null && message.getSerializedSize() <= MAX_TAP_BYTES) {
            line.reported(message.getTapped());
          }
        }
        case GOODBYE -> {
          untap();
          if (lease != null) {
            lease.goodbye();
          }
          ended = true;
          complete();
        }
        case MESSAGE_NOT_SET -> {
          // A message of a newer agent: it says nothing this controller needs to know.
        }
      }
    }

    private void untap() {
      if (line != null) {
        line.close();
        line = null;
      }
    }

    /** Those who look at calls send from threads of their own. */
    private void send(ControllerMessage message) {
      synchronized (answers) {
        if (!closed) {
          answers.onNext(message);
        }
      }
    }

    private void complete() {
      synchronized (answers) {
        closed = true;
        answers.onCompleted();
      }
    }

    /** Another root signs now: the certificate is to follow, once it is said below which it is. */
    private void renewal(String root) {
      Duration within = authority.renewal(root);
      long now = System.nanoTime();
      if (within == null || askedToRenew && now - askAgainNanos < 0) {
        return;
      }
      askedToRenew = true;
      // By then it is renewed, or could not be.
      askAgainNanos = now + 2 * within.toNanos();
      send(
          ControllerMessage.newBuilder()
              .setRenew(
                  RenewCertificate.newBuilder().setWithin(Durations.fromNanos(within.toNanos())))
              .build());
    }

    private void register(Registration registration) {
      String wrong = wrong(registration);
      if (wrong != null) {
        refuse(status(registration), wrong);
        return;
      }
      if (lease == null) {
        try {
          lease = join(registration);
        } catch (InstanceHeldException e) {
          log.warn("{} is refused; {}", caller, e.getMessage());
          refuse(Status.ALREADY_EXISTS, String.valueOf(e.getMessage()));
          return;
        }
      } else if (!lease.renew(registration)) {
        refuse(Status.UNAVAILABLE, "the instance has a later stream (expected: one stream each)");
        return;
      }
      send(
          ControllerMessage.newBuilder()
              .setLease(
                  Lease.newBuilder()
                      .setTtl(Durations.fromNanos(registry.ttl().toNanos()))
                      .setHeartbeatInterval(
                          Durations.fromNanos(WorkloadRegistry.HEARTBEAT_INTERVAL.toNanos()))
                      .setTrustDomain(trustDomain))
              .build());
      if (line == null) {
        line =
            taps.joined(
                registration.getNamespace(),
                registration.getService(),
                registration.getInstance(),
                registration.getAgentVersion(),
                this::send);
      }
    }

    private Status status(Registration registration) {
      if (caller == null && certificate != null) {
        // Shown and not believed: the next is to be asked for with the token.
        return Status.UNAUTHENTICATED;
      }
      return caller == null || !matches(caller, registration)
          ? Status.PERMISSION_DENIED
          : Status.INVALID_ARGUMENT;
    }

    private WorkloadRegistry.Lease join(Registration registration) throws InstanceHeldException {
      instance = registration.getInstance();
      WorkloadIdentity before = settling.holder(instance).orElse(caller);
      if (before != null && !before.equals(caller)) {
        throw new InstanceHeldException(instance, before);
      }
      return registry.join(registration, attestation, certificate, address);
    }

    private @Nullable String wrong(Registration registration) {
      if (caller == null) {
        return absence;
      }
      if (!matches(caller, registration)) {
        return "service: "
            + registration.getNamespace()
            + "/"
            + registration.getService()
            + " (expected: "
            + caller
            + ", which the certificate names)";
      }
      if (lease != null && !registration.getInstance().equals(instance)) {
        return "instance: '"
            + registration.getInstance()
            + "' (expected: '"
            + instance
            + "', as this stream said at first)";
      }
      return Bounds.wrong(registration);
    }

    private static boolean matches(WorkloadIdentity caller, Registration registration) {
      return caller.namespace().equals(registration.getNamespace())
          && caller.service().equals(registration.getService());
    }

    private void refuse(Status status, String message) {
      ended = true;
      if (lease != null) {
        lease.broken();
      }
      fail(status.withDescription(message));
    }

    private void fail(Status status) {
      untap();
      synchronized (answers) {
        closed = true;
        answers.onError(status.asRuntimeException());
      }
    }

    private void drain() {
      if (!ended) {
        ended = true;
        fail(Status.UNAVAILABLE.withDescription("the controller stops"));
      }
    }

    @Override
    public void onError(Throwable error) {
      end();
    }

    @Override
    public void onCompleted() {
      end();
      if (!ended) {
        complete();
      }
    }

    private void end() {
      untap();
      if (lease != null && !ended) {
        lease.broken();
      }
    }
  }
}
