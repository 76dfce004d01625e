package io.endomesh.xds;

import io.endomesh.dataplane.identity.PeerIdentities;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitRequest;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse;
import io.envoyproxy.envoy.service.ratelimit.v3.RateLimitResponse.Code;
import io.grpc.Attributes;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.ServerServiceDefinition;
import io.grpc.ServerTransportFilter;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.handler.ssl.ClientAuth;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContextBuilder;
import io.grpc.protobuf.lite.ProtoLiteUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.security.KeyPair;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** A limit server that is not the controller, on gRPC's own server. */
final class FakeLimitServer implements AutoCloseable {

  /**
   * @param callers URI names that the agent proved
   */
  record Arrived(String authority, List<String> callers) {}

  final BlockingQueue<RateLimitRequest> questions = new LinkedBlockingQueue<>();
  final BlockingQueue<Arrived> arrived = new LinkedBlockingQueue<>();
  final AtomicInteger connections = new AtomicInteger();

  /** Null leaves questions without an answer. */
  volatile @Nullable RateLimitResponse answer =
      RateLimitResponse.newBuilder().setOverallCode(Code.OK).build();

  private final Server server;

  /** Plaintext. */
  FakeLimitServer(int port) throws Exception {
    this.server = start(builder(port));
  }

  /**
   * TLS, as this workload.
   *
   * @param asks {@code REQUIRE} for mutual TLS
   */
  FakeLimitServer(TestAuthority authority, String namespace, String service, ClientAuth asks)
      throws Exception {
    KeyPair key = TestAuthority.newKey();
    this.server =
        start(
            builder(0)
                .sslContext(
                    GrpcSslContexts.configure(
                            SslContextBuilder.forServer(
                                key.getPrivate(),
                                authority.workload(key.getPublic(), namespace, service)))
                        .trustManager(authority.root())
                        .clientAuth(asks)
                        .build()));
  }

  private static NettyServerBuilder builder(int port) {
    return NettyServerBuilder.forAddress(
        new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  private Server start(NettyServerBuilder builder) throws Exception {
    return builder
        .addService(limits())
        .intercept(new Callers())
        .addTransportFilter(
            new ServerTransportFilter() {
              @Override
              public Attributes transportReady(Attributes attributes) {
                connections.incrementAndGet();
                return attributes;
              }

              @Override
              public void transportTerminated(Attributes attributes) {
                connections.decrementAndGet();
              }
            })
        .build()
        .start();
  }

  int port() {
    return server.getPort();
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(10, TimeUnit.SECONDS);
  }

  private ServerServiceDefinition limits() {
    return ServerServiceDefinition.builder("envoy.service.ratelimit.v3.RateLimitService")
        .addMethod(
            MethodDescriptor.<RateLimitRequest, RateLimitResponse>newBuilder()
                .setType(MethodDescriptor.MethodType.UNARY)
                .setFullMethodName("envoy.service.ratelimit.v3.RateLimitService/ShouldRateLimit")
                .setRequestMarshaller(
                    ProtoLiteUtils.marshaller(RateLimitRequest.getDefaultInstance()))
                .setResponseMarshaller(
                    ProtoLiteUtils.marshaller(RateLimitResponse.getDefaultInstance()))
                .build(),
            ServerCalls.asyncUnaryCall(this::count))
        .build();
  }

  private void count(RateLimitRequest question, StreamObserver<RateLimitResponse> out) {
    questions.add(question);
    RateLimitResponse known = answer;
    if (known != null) {
      out.onNext(known);
      out.onCompleted();
    }
  }

  private final class Callers implements ServerInterceptor {
    @Override
    public <I, O> ServerCall.Listener<I> interceptCall(
        ServerCall<I, O> call, Metadata headers, ServerCallHandler<I, O> next) {
      SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
      arrived.add(new Arrived(String.valueOf(call.getAuthority()), PeerIdentities.of(session)));
      return next.startCall(call, headers);
    }
  }
}
