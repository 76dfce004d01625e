package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty-shaded", staged = "grpc-oldest")
class GrpcOldestShadedTest extends GrpcVersion {

  GrpcOldestShadedTest() throws ReflectiveOperationException {
    super("grpc-netty-shaded");
  }
}
