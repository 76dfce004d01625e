package io.endomesh.instrumentation.grpc.test;

class GrpcNewestNettyTest extends GrpcVersion {

  GrpcNewestNettyTest() throws ReflectiveOperationException {
    super("grpc-newest", "grpc-netty");
  }
}
