package io.endomesh.instrumentation.grpc.netty;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/** gRPC's Netty transport: connections of channels and servers, and the ports of servers. */
public class GrpcNettyInstrumentation extends Instrumentation {

  private static final String ADVICE = "io.endomesh.instrumentation.grpc.netty.";

  private final String grpcNetty;

  public GrpcNettyInstrumentation() {
    this("io.grpc.netty.");
  }

  GrpcNettyInstrumentation(String grpcNetty) {
    this.grpcNetty = grpcNetty;
  }

  @Override
  public String name() {
    return "grpc-netty";
  }

  @Override
  public List<Weave> weaves() {
    String server = grpcNetty + "NettyServer";
    return List.of(
        Weave.types(grpcNetty + "NettyChannelBuilder$NettyTransportFactory")
            .constructor()
            .takingAtLeast(1)
            .advice(ADVICE + "TransportFactoryAdvice"),
        Weave.types(server).constructor().takingAtLeast(8).advice(ADVICE + "NettyServerAdvice"),
        Weave.types(server).method("start").advice(ADVICE + "ServerStartAdvice"),
        Weave.types(server).method("shutdown").advice(ADVICE + "ServerShutdownAdvice"));
  }
}
