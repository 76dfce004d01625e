package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;

@Library(name = "gRPC Java, grpc-okhttp", staged = "grpc-oldest", without = "grpc-netty-shaded.jar")
class GrpcOldestOkHttpTest extends GrpcVersion {

  GrpcOldestOkHttpTest() {
    super("GrpcOverOkHttp");
  }
}
