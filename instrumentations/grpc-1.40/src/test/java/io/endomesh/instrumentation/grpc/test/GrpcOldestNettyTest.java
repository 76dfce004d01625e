package io.endomesh.instrumentation.grpc.test;

class GrpcOldestNettyTest extends GrpcVersion {

  GrpcOldestNettyTest() throws ReflectiveOperationException {
    super("grpc-oldest", "grpc-netty");
  }
}
