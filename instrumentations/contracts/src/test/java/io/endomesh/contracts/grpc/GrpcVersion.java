package io.endomesh.contracts.grpc;

import io.endomesh.testkit.GrpcContract;
import io.endomesh.testkit.GrpcUnderTest;
import io.endomesh.testkit.StagedCode;

/** The contract on one version and transport of gRPC. */
abstract class GrpcVersion extends GrpcContract {

  private static final String LIBRARY = "io.endomesh.contracts.grpc.library.";

  private final GrpcUnderTest grpc;

  GrpcVersion() {
    this("Grpc");
  }

  /**
   * @param library simple name of the class that uses gRPC
   */
  GrpcVersion(String library) {
    grpc = StagedCode.make(getClass(), GrpcUnderTest.class, LIBRARY + library);
  }

  @Override
  protected GrpcUnderTest grpc() {
    return grpc;
  }
}
