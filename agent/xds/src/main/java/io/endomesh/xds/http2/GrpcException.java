package io.endomesh.xds.http2;

import java.io.IOException;

/** A gRPC call that ended without its answer. */
public final class GrpcException extends IOException {

  private static final long serialVersionUID = 1;

  private final transient GrpcStatus status;

  GrpcException(GrpcStatus status) {
    super(status.toString());
    this.status = status;
  }

  public GrpcStatus status() {
    return status;
  }
}
