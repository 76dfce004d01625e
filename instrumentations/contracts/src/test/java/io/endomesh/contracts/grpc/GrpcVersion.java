package io.endomesh.contracts.grpc;

import io.endomesh.testkit.GrpcContract;
import io.endomesh.testkit.GrpcUnderTest;
import io.endomesh.testkit.StagedCode;

/** The contract on one version and transport of gRPC. */
abstract class GrpcVersion extends GrpcContract {

  private final GrpcUnderTest grpc =
      StagedCode.make(getClass(), GrpcUnderTest.class, "io.endomesh.contracts.grpc.library.Grpc");

  @Override
  protected GrpcUnderTest grpc() {
    return grpc;
  }
}
