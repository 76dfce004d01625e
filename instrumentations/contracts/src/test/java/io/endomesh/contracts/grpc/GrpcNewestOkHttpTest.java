package io.endomesh.contracts.grpc;

import io.endomesh.testkit.Library;
import io.endomesh.testkit.Release;

@Library(name = "gRPC Java, grpc-okhttp", staged = "grpc-okhttp-newest", release = Release.NEWEST)
class GrpcNewestOkHttpTest extends GrpcVersion {

  GrpcNewestOkHttpTest() {
    super("GrpcOverOkHttp");
  }
}
