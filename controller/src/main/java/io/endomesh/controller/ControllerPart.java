package io.endomesh.controller;

import com.linecorp.armeria.common.grpc.GrpcSerializationFormats;
import com.linecorp.armeria.server.ServerBuilder;
import com.linecorp.armeria.server.grpc.GrpcService;
import com.linecorp.armeria.server.grpc.GrpcServiceBuilder;

/** One part of the controller that serves on its port: the console, telemetry, certificates. */
public interface ControllerPart extends AutoCloseable {

  /** Adds routes and gRPC services; called once, before the server starts. */
  void addTo(ServerBuilder server);

  /**
   * A gRPC service as agents speak to it, in Protobuf. To be ready for JSON as well, which nobody
   * asks for, would cost seconds of each start: a codec is made for every message there is.
   */
  static GrpcServiceBuilder grpc() {
    return GrpcService.builder().supportedSerializationFormats(GrpcSerializationFormats.PROTO);
  }

  /** Called once, before the server stops: streams that never end by themselves are ended. */
  default void drain() {}

  /** Called once, after the server has stopped. */
  @Override
  default void close() {}
}
