package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.Attempt;
import io.grpc.CallOptions;
import io.grpc.ClientStreamTracer;
import io.grpc.Metadata;
import io.grpc.Status;
import org.jspecify.annotations.Nullable;

/**
 * Where one attempt goes, carried in its call options from the interceptor to the load balancer,
 * and what became of it, told by the transport. Thread-safe: written by the transport's thread,
 * read by the call's.
 */
final class Pick extends ClientStreamTracer.Factory {

  static final CallOptions.Key<Pick> OPTION = CallOptions.Key.create("io.endomesh.pick");

  private final @Nullable Destination destination;
  private final Status refusal;
  private volatile boolean sent;
  private volatile boolean answered;

  private Pick(@Nullable Destination destination, Status refusal) {
    this.destination = destination;
    this.refusal = refusal;
  }

  static Pick of(Attempt attempt) {
    return new Pick(new Destination(attempt.endpoint().address(), attempt.tls()), Status.OK);
  }

  /** Goes nowhere and ends with {@code status}, on the executor and in the context of the call. */
  static Pick refused(Status status) {
    return new Pick(null, status);
  }

  /** Null if this was refused. */
  @Nullable Destination destination() {
    return destination;
  }

  Status refusal() {
    return refusal;
  }

  /** False only if it is certain that no byte of the call reached the network. */
  boolean sent() {
    return sent;
  }

  /** True if the peer sent headers or trailers. */
  boolean answered() {
    return answered;
  }

  @Override
  public ClientStreamTracer newClientStreamTracer(
      ClientStreamTracer.StreamInfo info, Metadata headers) {
    return new ClientStreamTracer() {
      @Override
      public void outboundHeaders() {
        sent = true;
      }

      @Override
      public void inboundHeaders() {
        answered = true;
      }

      @Override
      public void inboundTrailers(Metadata trailers) {
        answered = true;
      }
    };
  }
}
