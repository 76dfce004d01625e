package io.endomesh.instrumentation.grpc.test;

class GrpcOldestShadedTest extends GrpcVersion {

  GrpcOldestShadedTest() throws ReflectiveOperationException {
    super("grpc-oldest", "grpc-netty-shaded");
  }
}
