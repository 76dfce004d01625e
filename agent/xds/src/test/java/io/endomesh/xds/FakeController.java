package io.endomesh.xds;

import com.google.protobuf.Duration;
import com.google.protobuf.MessageLite;
import io.endomesh.proto.istio.v1.auth.IstioCertificateRequest;
import io.endomesh.proto.istio.v1.auth.IstioCertificateResponse;
import io.endomesh.proto.v1.ControllerMessage;
import io.endomesh.proto.v1.Lease;
import io.endomesh.proto.v1.RenewCertificate;
import io.endomesh.proto.v1.WorkloadMessage;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryRequest;
import io.envoyproxy.envoy.service.discovery.v3.DeltaDiscoveryResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.Status;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.lite.ProtoLiteUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A controller for one agent, on gRPC's own server, so that our framing meets another's. */
final class FakeController implements AutoCloseable {

  static final String TOKEN = "emt_test";

  private static final Context.Key<Boolean> IDENTIFIED = Context.key("identified");
  private static final Context.Key<String> AUTHORIZATION = Context.key("authorization");

  final TestAuthority authority;
  final BlockingQueue<DeltaDiscoveryRequest> requests = new LinkedBlockingQueue<>();
  final BlockingQueue<StreamObserver<DeltaDiscoveryResponse>> discoveries =
      new LinkedBlockingQueue<>();
  final BlockingQueue<WorkloadMessage> joined = new LinkedBlockingQueue<>();
  final BlockingQueue<String> authorizations = new LinkedBlockingQueue<>();
  final BlockingQueue<RateLimitRequest> questions = new LinkedBlockingQueue<>();

  /** To questions about limits; null leaves them without one. */
  volatile @Nullable RateLimitResponse limitAnswer;

  volatile boolean tokenExpired;

  /** Who signs the certificates of workloads. */
  volatile TestAuthority signsBy;

  private final BlockingQueue<StreamObserver<ControllerMessage>> joins =
      new LinkedBlockingQueue<>();

  /** Discovery answers lose their last bytes, as behind a proxy that breaks off. */
  volatile boolean cutsShort;

  private final Server server;

  FakeController(TestAuthority authority, int port) throws Exception {
    this(authority, port, authority.root());
  }

  /**
   * @param clients roots of those who may connect
   */
  FakeController(TestAuthority authority, int port, X509Certificate... clients) throws Exception {
    this.authority = authority;
    this.signsBy = authority;
    KeyPair key = TestAuthority.newKey();
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .sslContext(
                GrpcSslContexts.configure(
                        SslContextBuilder.forServer(
                            key.getPrivate(), authority.server(key.getPublic()), authority.root()))
                    .trustManager(clients)
                    .clientAuth(ClientAuth.OPTIONAL)
                    .build())
            .addService(services())
            .addService(join())
            .addService(certificates())
            .addService(limits())
            .intercept(new Callers())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  JoinString join(String fingerprint) {
    return new JoinString(
        InetAddress.getLoopbackAddress().getHostAddress(), port(), TOKEN, fingerprint);
  }

  StreamObserver<DeltaDiscoveryResponse> discovery() throws InterruptedException {
    return take(discoveries);
  }

  /** The next request that names this resource as wanted. */
  DeltaDiscoveryRequest subscription(String name) throws InterruptedException {
    DeltaDiscoveryRequest request = take(requests);
    while (!request.getResourceNamesSubscribeList().contains(name)) {
      request = take(requests);
    }
    return request;
  }

  static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(20, TimeUnit.SECONDS);
    if (item == null) {
      throw new AssertionError("nothing arrived at the controller");
    }
    return item;
  }

  /** Asks the workload to renew its certificate at once. */
  void renew() throws InterruptedException {
    take(joins)
        .onNext(
            ControllerMessage.newBuilder()
                .setRenew(RenewCertificate.newBuilder().setWithin(Duration.getDefaultInstance()))
                .build());
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(10, TimeUnit.SECONDS);
  }

  private ServerServiceDefinition services() {
    return ServerServiceDefinition.builder("envoy.service.discovery.v3.AggregatedDiscoveryService")
        .addMethod(
            method(
                    "envoy.service.discovery.v3.AggregatedDiscoveryService/DeltaAggregatedResources",
                    MethodDescriptor.MethodType.BIDI_STREAMING,
                    DeltaDiscoveryRequest.getDefaultInstance(),
                    DeltaDiscoveryResponse.getDefaultInstance())
                .toBuilder()
                .setResponseMarshaller(new Cutting())
                .build(),
            ServerCalls.asyncBidiStreamingCall(
                out -> {
                  requireCertificate();
                  discoveries.add(out);
                  return new Recorder<>(requests, out);
                }))
        .build();
  }

  private ServerServiceDefinition limits() {
    return ServerServiceDefinition.builder("envoy.service.ratelimit.v3.RateLimitService")
        .addMethod(
            method(
                "envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit",
                MethodDescriptor.MethodType.UNARY,
                RateLimitRequest.getDefaultInstance(),
                RateLimitResponse.getDefaultInstance()),
            ServerCalls.asyncUnaryCall(
                (RateLimitRequest question, StreamObserver<RateLimitResponse> out) -> {
                  requireCertificate();
                  questions.add(question);
                  RateLimitResponse answer = limitAnswer;
                  if (answer != null) {
                    out.onNext(answer);
                    out.onCompleted();
                  }
                }))
        .build();
  }

  private ServerServiceDefinition join() {
    return ServerServiceDefinition.builder("endomesh.v1.WorkloadService")
        .addMethod(
            method(
                "endomesh.v1.WorkloadService/Join",
                MethodDescriptor.MethodType.BIDI_STREAMING,
                WorkloadMessage.getDefaultInstance(),
                ControllerMessage.getDefaultInstance()),
            ServerCalls.asyncBidiStreamingCall(
                out -> {
                  requireCertificate();
                  out.onNext(
                      ControllerMessage.newBuilder().setLease(Lease.getDefaultInstance()).build());
                  joins.add(out);
                  return new Recorder<>(joined, out);
                }))
        .build();
  }

  private ServerServiceDefinition certificates() {
    return ServerServiceDefinition.builder("istio.v1.auth.IstioCertificateService")
        .addMethod(
            method(
                "istio.v1.auth.IstioCertificateService/CreateCertificate",
                MethodDescriptor.MethodType.UNARY,
                IstioCertificateRequest.getDefaultInstance(),
                IstioCertificateResponse.getDefaultInstance()),
            ServerCalls.asyncUnaryCall(this::issue))
        .build();
  }

  private void issue(
      IstioCertificateRequest request, StreamObserver<IstioCertificateResponse> out) {
    String authorization = AUTHORIZATION.get();
    authorizations.add(authorization == null ? "" : authorization);
    boolean known = authorization != null && authorization.startsWith("Bearer emt_");
    if (!IDENTIFIED.get() && (tokenExpired || !known)) {
      out.onError(
          Status.UNAUTHENTICATED
              .withDescription("join token expired; make another with `endomesh token create`")
              .asException());
      return;
    }
    try {
      PublicKey key = TestAuthority.read(request.getCsr()).getPublicKey();
      var fields = request.getMetadata().getFieldsMap();
      out.onNext(
          IstioCertificateResponse.newBuilder()
              .addCertChain(
                  TestAuthority.pem(
                      signsBy.workload(
                          key,
                          fields.get("NAMESPACE").getStringValue(),
                          fields.get("SERVICE").getStringValue())))
              .addCertChain(TestAuthority.pem(signsBy.root()))
              .build());
      out.onCompleted();
    } catch (Exception e) {
      out.onError(Status.INVALID_ARGUMENT.withCause(e).asException());
    }
  }

  private static void requireCertificate() {
    if (!IDENTIFIED.get()) {
      throw Status.UNAUTHENTICATED.withDescription("no client certificate").asRuntimeException();
    }
  }

  private static <I extends MessageLite, O extends MessageLite> MethodDescriptor<I, O> method(
      String name, MethodDescriptor.MethodType type, I request, O response) {
    return MethodDescriptor.<I, O>newBuilder()
        .setType(type)
        .setFullMethodName(name)
        .setRequestMarshaller(ProtoLiteUtils.marshaller(request))
        .setResponseMarshaller(ProtoLiteUtils.marshaller(response))
        .build();
  }

  private final class Cutting implements MethodDescriptor.Marshaller<DeltaDiscoveryResponse> {
    @Override
    public InputStream stream(DeltaDiscoveryResponse response) {
      byte[] whole = response.toByteArray();
      return new ByteArrayInputStream(whole, 0, cutsShort ? whole.length - 3 : whole.length);
    }

    @Override
    public DeltaDiscoveryResponse parse(InputStream stream) {
      throw new UnsupportedOperationException("agents do not answer");
    }
  }

  private record Recorder<T>(BlockingQueue<T> messages, StreamObserver<?> out)
      implements StreamObserver<T> {
    @Override
    public void onNext(T message) {
      messages.add(message);
    }

    @Override
    public void onError(Throwable error) {
      // The agent went away, which is what some tests want.
    }

    @Override
    public void onCompleted() {
      out.onCompleted();
    }
  }

  /** Notes who calls. */
  private static final class Callers implements ServerInterceptor {
    @Override
    public <I, O> ServerCall.Listener<I> interceptCall(
        ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      boolean identified;
      try {
        identified = session != null && session.getPeerCertificates().length > 0;
      } catch (SSLPeerUnverifiedException e) {
        identified = false;
      }
      String authorization =
          headers.get(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER));
      return Contexts.interceptCall(
          Context.current()
              .withValue(IDENTIFIED, identified)
              .withValue(AUTHORIZATION, authorization),
          call,
          headers,
          next);
    }
  }
}
