package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty", staged = "grpc-oldest")
class GrpcOldestNettyTest extends GrpcVersion {

  GrpcOldestNettyTest() throws ReflectiveOperationException {
    super("grpc-netty");
  }
}
