package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty-shaded", staged = "grpc-newest")
class GrpcNewestShadedTest extends GrpcVersion {

  GrpcNewestShadedTest() throws ReflectiveOperationException {
    super("grpc-netty-shaded");
  }
}
