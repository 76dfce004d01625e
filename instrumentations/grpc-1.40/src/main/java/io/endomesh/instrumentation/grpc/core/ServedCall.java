package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.trail.Trail;
import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * The application's view of a served call; notices how it ends, whichever side ends it first.
 * Thread-safe where {@link ServerCall} is.
 */
class ServedCall<Q, R> extends SimpleForwardingServerCall<Q, R> {

  /** A gRPC response always has this HTTP status. */
  private static final int HTTP_OK = 200;

  private final InboundCall inbound;
  private final AtomicBoolean ended = new AtomicBoolean();

  ServedCall(ServerCall<Q, R> call, InboundCall inbound) {
    super(call);
    this.inbound = inbound;
  }

  @Override
  public void close(Status status, Metadata trailers) {
    if (!status.isOk() && inbound.mustNotBeRepeated()) {
      // A negative number: never (gRFC A6).
      MetadataText.set(trailers, AttemptEnd.PUSHBACK, "-1");
    }
    String trail = inbound.trail(status.getCode().value());
    if (trail != null) {
      MetadataText.set(trailers, Trail.HEADER, trail);
    }
    try {
      super.close(status, trailers);
    } finally {
      end(status.getCode(), status.getCause());
    }
  }

  /** True if the mesh has ended it. */
  boolean isBrokenOff() {
    return false;
  }

  /** The application threw, or the caller went away. */
  void failed(Status.Code code, @Nullable Throwable cause) {
    end(code, cause);
  }

  private void end(Status.Code code, @Nullable Throwable cause) {
    if (ended.compareAndSet(false, true)) {
      inbound.ended(HTTP_OK, code.value(), cause);
    }
  }
}
