package io.endomesh.xds;

import io.envoyproxy.envoy.service.auth.v3.CheckRequest;
import io.envoyproxy.envoy.service.auth.v3.CheckResponse;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.lite.ProtoLiteUtils;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Who decides about requests, on gRPC's own server, in plaintext. */
final class FakeCheckServer implements AutoCloseable {

  final BlockingQueue<CheckRequest> questions = new LinkedBlockingQueue<>();

  /** Null leaves questions without an answer. */
  volatile @Nullable CheckResponse answer = CheckResponse.getDefaultInstance();

  private final Server server;

  FakeCheckServer(int port) throws Exception {
    this.server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
            .addService(
                ServerServiceDefinition.builder("envoy.service.auth.v3.Authorization")
                    .addMethod(
                        MethodDescriptor.<CheckRequest, CheckResponse>newBuilder()
                            .setType(MethodDescriptor.MethodType.UNARY)
                            .setFullMethodName("envoy.service.auth.v3.Authorization/Check")
                            .setRequestMarshaller(
                                ProtoLiteUtils.marshaller(CheckRequest.getDefaultInstance()))
                            .setResponseMarshaller(
                                ProtoLiteUtils.marshaller(CheckResponse.getDefaultInstance()))
                            .build(),
                        ServerCalls.asyncUnaryCall(this::check))
                    .build())
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  private void check(CheckRequest question, StreamObserver<CheckResponse> out) {
    questions.add(question);
    CheckResponse known = answer;
    if (known != null) {
      out.onNext(known);
      out.onCompleted();
    }
  }

  @Override
  public void close() throws InterruptedException {
    server.shutdownNow();
    server.awaitTermination(10, TimeUnit.SECONDS);
  }
}
