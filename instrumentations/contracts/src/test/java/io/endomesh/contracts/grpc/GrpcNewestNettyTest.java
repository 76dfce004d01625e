package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-netty", staged = "grpc-newest")
class GrpcNewestNettyTest extends GrpcVersion {

  GrpcNewestNettyTest() throws ReflectiveOperationException {
    super("grpc-netty");
  }
}
