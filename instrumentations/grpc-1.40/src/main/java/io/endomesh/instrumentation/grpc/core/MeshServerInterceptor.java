package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.InboundCall;
import io.endomesh.dataplane.Reply;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerBuilder;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/**
 * Stands before the application's interceptors and handlers: refuses what policy refuses, and runs
 * the rest under the context of the served call. Stateless.
 */
final class MeshServerInterceptor implements ServerInterceptor {

  /** A builder may build twice; each server must ask the mesh once a call. */
  private static final WeakIdentityMap<ServerBuilder<?>, Boolean> EQUIPPED =
      new WeakIdentityMap<>();

  private MeshServerInterceptor() {}

  /** Added last, because the last added runs first. */
  static void addTo(ServerBuilder<?> builder) {
    if (EQUIPPED.putIfAbsent(builder, true) == null) {
      builder.intercept(new MeshServerInterceptor());
    }
  }

  @Override
  public <Q, R> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
    ServedRequest request = ServedRequest.of(call, headers);
    if (request == null) {
      return next.startCall(call, headers);
    }
    InboundCall inbound = Weaving.mesh().serve(request);
    boolean lasts = call.getMethodDescriptor().getType() != MethodType.UNARY;
    ServedStream<Q, R> stream = lasts ? new ServedStream<>(call, inbound) : null;
    ServedCall<Q, R> served = stream == null ? new ServedCall<>(call, inbound) : stream;
    Reply refusal = inbound.refusal();
    if (refusal != null) {
      served.close(MetadataText.status(refusal), MetadataText.trailers(refusal));
      if (inbound.endsConnection()) {
        request.closeConnection();
      }
      return new ServerCall.Listener<>() {};
    }
    CallContext before = inbound.context().attach();
    try {
      ServerCall.Listener<Q> listener =
          new ServedListener<>(next.startCall(served, headers), served, inbound.context());
      if (stream != null) {
        inbound.lasts(stream::breakOff);
      }
      if (inbound.isLastOfConnection()) {
        // Netty's handler of gRPC says goodbye (GOAWAY), and lets all calls come to their ends.
        request.closeConnection();
      }
      return listener;
    } catch (RuntimeException | Error e) {
      served.failed(Status.Code.UNKNOWN, e);
      throw e;
    } finally {
      CallContext.restore(before);
    }
  }
}
