package io.endomesh.instrumentation.grpc.core;

import io.endomesh.weaving.Weaving;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.MethodDescriptor;

/** Takes the calls of one channel to the mesh, if the mesh knows its target. Thread-safe. */
final class MeshClientInterceptor implements ClientInterceptor {

  private final ChannelTarget target;

  MeshClientInterceptor(ChannelTarget target) {
    this.target = target;
  }

  @Override
  public <Q, R> ClientCall<Q, R> interceptCall(
      MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
    String authority = target.authority();
    if (authority == null || Weaving.onAgentThread() || !target.meshed(Weaving.mesh())) {
      return next.newCall(method, options);
    }
    return new MeshClientCall<>(next, method, options, authority);
  }
}
