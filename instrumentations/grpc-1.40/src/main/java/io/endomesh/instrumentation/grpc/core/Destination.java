package io.endomesh.instrumentation.grpc.core;

import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.instrumentation.grpc.Shared;
import io.grpc.Attributes;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * What one connection is made to: an address, and the TLS that proves who is there. Connections are
 * shared between equal destinations only, and two {@link ClientTls} are never equal.
 *
 * @param tls null for an endpoint that takes no TLS of the mesh's
 */
record Destination(InetSocketAddress address, @Nullable ClientTls tls) {

  private static final Attributes.Key<ClientTls> TLS =
      Shared.object(
          Attributes.Key.class, Shared.CLIENT_TLS, () -> Attributes.Key.create(Shared.CLIENT_TLS));

  /** Null if the endpoint asks for an identity and this workload has none yet. */
  static @Nullable Destination of(Endpoint endpoint, @Nullable Identity ours) {
    ClientTls tls = endpoint.tls(ours);
    return tls == null && endpoint.asksForIdentity()
        ? null
        : new Destination(endpoint.address(), tls);
  }

  /** Tells the transport which TLS to use. */
  Attributes attributes() {
    return tls == null ? Attributes.EMPTY : Attributes.newBuilder().set(TLS, tls).build();
  }
}
