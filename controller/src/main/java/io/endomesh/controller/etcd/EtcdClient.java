package io.endomesh.controller.etcd;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.ClientFactoryBuilder;
import com.linecorp.armeria.client.grpc.GrpcClientBuilder;
import com.linecorp.armeria.client.grpc.GrpcClients;
import io.endomesh.controller.ca.SecretFile;
import io.endomesh.proto.etcd.KVGrpc;
import io.endomesh.proto.etcd.LeaseGrantRequest;
import io.endomesh.proto.etcd.LeaseGrpc;
import io.endomesh.proto.etcd.LeaseKeepAliveRequest;
import io.endomesh.proto.etcd.LeaseKeepAliveResponse;
import io.endomesh.proto.etcd.LeaseRevokeRequest;
import io.endomesh.proto.etcd.MaintenanceGrpc;
import io.endomesh.proto.etcd.RangeRequest;
import io.endomesh.proto.etcd.RangeResponse;
import io.endomesh.proto.etcd.StatusRequest;
import io.endomesh.proto.etcd.TxnRequest;
import io.endomesh.proto.etcd.TxnResponse;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Asks the members of an etcd cluster, one after another until one answers. A call may be done
 * twice, so each must be one that may. Its threads are its own: who waits for an answer blocks no
 * thread that would bring it. Thread-safe.
 */
final class EtcdClient implements AutoCloseable {

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(1);

  /** Of one member: a write takes some milliseconds, a member without a leader takes 7 s to say. */
  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  private record Member(
      String name,
      KVGrpc.KVBlockingStub keys,
      LeaseGrpc.LeaseBlockingStub leases,
      LeaseGrpc.LeaseStub keepAlive,
      MaintenanceGrpc.MaintenanceBlockingStub maintenance) {}

  private interface Call<T> {
    T to(Member member);
  }

  private final EtcdAddress address;
  private final ClientFactory factory;
  private final List<Member> members = new ArrayList<>();
  // That answered last.
  private volatile int current;

  /**
   * @throws IOException with a sentence, if a file of the address cannot be used
   */
  EtcdClient(EtcdAddress address) throws IOException {
    this.address = address;
    this.factory = factory(address);
    for (String member : address.members()) {
      members.add(
          new Member(
              member,
              stub(member, KVGrpc.KVBlockingStub.class),
              stub(member, LeaseGrpc.LeaseBlockingStub.class),
              stub(member, LeaseGrpc.LeaseStub.class),
              stub(member, MaintenanceGrpc.MaintenanceBlockingStub.class)));
    }
  }

  private <T extends AbstractStub<T>> T stub(String member, Class<T> type) {
    String scheme = address.authorities() == null ? "gproto+h2c://" : "gproto+h2://";
    GrpcClientBuilder builder = GrpcClients.builder(scheme + member);
    return builder
        .factory(factory)
        .responseTimeout(TIMEOUT)
        .maxResponseLength(0)
        .maxResponseMessageLength(Integer.MAX_VALUE)
        .build(type);
  }

  private static ClientFactory factory(EtcdAddress address) throws IOException {
    ClientFactoryBuilder builder =
        ClientFactory.builder().connectTimeout(CONNECT_TIMEOUT).workerGroup(1);
    Path authorities = address.authorities();
    if (authorities == null) {
      return builder.build();
    }
    byte[] trusted = bytes("etcd-ca", authorities);
    Path certificate = address.certificate();
    Path key = address.key();
    byte[] chain = certificate == null ? null : bytes("etcd-cert", certificate);
    byte[] secret =
        key == null
            ? null
            : SecretFile.brought("etcd-key", key).getBytes(StandardCharsets.US_ASCII);
    try {
      // Made once more when it is used: what is wrong with a file is said here, by its name.
      return builder
          .tlsCustomizer(
              tls -> {
                // Other roots: that the certificate is for the host is checked as without them.
                tls.trustManager(stream(trusted));
                if (chain != null && secret != null) {
                  tls.keyManager(stream(chain), stream(secret));
                }
              })
          .build();
    } catch (RuntimeException e) {
      throw new IOException("etcd-ca, etcd-cert, etcd-key: cannot be used: " + e.getMessage(), e);
    }
  }

  private static byte[] bytes(String option, Path file) throws IOException {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new IOException(option + ": " + file + " cannot be read (expected: a PEM file)", e);
    }
  }

  private static InputStream stream(byte[] bytes) {
    return new ByteArrayInputStream(bytes);
  }

  RangeResponse range(RangeRequest request) throws EtcdException {
    return ask(member -> member.keys().range(request));
  }

  TxnResponse txn(TxnRequest request) throws EtcdException {
    return ask(member -> member.keys().txn(request));
  }

  long grant(Duration ttl) throws EtcdException {
    LeaseGrantRequest request = LeaseGrantRequest.newBuilder().setTTL(ttl.toSeconds()).build();
    return ask(member -> member.leases().leaseGrant(request)).getID();
  }

  void revoke(long lease) throws EtcdException {
    LeaseRevokeRequest request = LeaseRevokeRequest.newBuilder().setID(lease).build();
    ask(member -> member.leases().leaseRevoke(request));
  }

  /** Whether there is still such a lease; it begins anew then. */
  boolean keepAlive(long lease) throws EtcdException {
    LeaseKeepAliveRequest request = LeaseKeepAliveRequest.newBuilder().setID(lease).build();
    return ask(member -> keptAlive(member, request)).getTTL() > 0;
  }

  private static LeaseKeepAliveResponse keptAlive(Member member, LeaseKeepAliveRequest request) {
    CompletableFuture<LeaseKeepAliveResponse> answer = new CompletableFuture<>();
    StreamObserver<LeaseKeepAliveRequest> stream =
        member
            .keepAlive()
            .leaseKeepAlive(
                new StreamObserver<>() {
                  @Override
                  public void onNext(LeaseKeepAliveResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable error) {
                    answer.completeExceptionally(error);
                  }

                  @Override
                  public void onCompleted() {
                    answer.completeExceptionally(Status.UNAVAILABLE.asRuntimeException());
                  }
                });
    stream.onNext(request);
    try {
      LeaseKeepAliveResponse response = answer.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      stream.onCompleted();
      return response;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw Status.CANCELLED.withCause(e).asRuntimeException();
    } catch (TimeoutException e) {
      stream.onError(Status.CANCELLED.asRuntimeException());
      throw Status.DEADLINE_EXCEEDED.withCause(e).asRuntimeException();
    } catch (ExecutionException e) {
      throw Status.fromThrowable(e).withCause(e).asRuntimeException();
    }
  }

  /** Of the member that answers. */
  String version() throws EtcdException {
    return ask(member -> member.maintenance().status(StatusRequest.getDefaultInstance()))
        .getVersion();
  }

  private <T> T ask(Call<T> call) throws EtcdException {
    int first = current;
    StatusRuntimeException failure = null;
    for (int i = 0; i < members.size(); i++) {
      int at = (first + i) % members.size();
      try {
        T answer = call.to(members.get(at));
        current = at;
        return answer;
      } catch (StatusRuntimeException e) {
        if (!mayAnotherAnswer(e)) {
          throw new EtcdException(told(e), /* unreachable= */ false, e);
        }
        failure = e;
      }
    }
    throw new EtcdException(
        "store: "
            + address
            + ": "
            + (members.size() == 1 ? "no answer" : "none of its members answers")
            + why(failure),
        /* unreachable= */ true,
        failure == null ? new IllegalStateException("no member") : failure);
  }

  private static boolean mayAnotherAnswer(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED, INTERNAL, UNKNOWN, ABORTED -> true;
      default -> false;
    };
  }

  /** The cause says more than a status: a refused connection, a certificate. */
  private static String why(@Nullable StatusRuntimeException e) {
    if (e == null) {
      return "";
    }
    Throwable cause = e;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    String text = cause.getMessage();
    return " (" + (text == null ? cause.getClass().getSimpleName() : text) + ")";
  }

  private String told(StatusRuntimeException e) {
    String said = String.valueOf(e.getStatus().getDescription());
    String expected =
        switch (e.getStatus().getCode()) {
          case RESOURCE_EXHAUSTED ->
              "room: a larger --quota-backend-bytes, or compaction and `etcdctl defrag`, then"
                  + " `etcdctl alarm disarm`";
          case UNAUTHENTICATED, PERMISSION_DENIED ->
              "a certificate of a user who may read and write under " + address.prefix() + "/";
          case INVALID_ARGUMENT -> "fewer and smaller resources in one write";
          default -> "etcd 3.4 or newer";
        };
    return "store: " + address + ": it refuses: " + said + " (expected: " + expected + ")";
  }

  @Override
  public void close() {
    factory.closeAsync();
  }
}
