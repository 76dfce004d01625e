package io.endomesh.instrumentation.grpc.test;

class GrpcNewestShadedTest extends GrpcVersion {

  GrpcNewestShadedTest() throws ReflectiveOperationException {
    super("grpc-newest", "grpc-netty-shaded");
  }
}
