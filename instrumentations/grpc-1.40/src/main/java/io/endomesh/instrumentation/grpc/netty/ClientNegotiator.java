package io.endomesh.instrumentation.grpc.netty;

import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.instrumentation.grpc.Shared;
import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyChannelCredentials;
import io.grpc.netty.InternalProtocolNegotiator;
import io.grpc.netty.NettySslContextChannelCredentials;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;

/**
 * Negotiates mutual TLS on connections to endpoints that have an identity, and what the application
 * configured on all others. Thread-safe.
 */
final class ClientNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

  private static final Attributes.Key<ClientTls> TLS =
      Shared.object(
          Attributes.Key.class, Shared.CLIENT_TLS, () -> Attributes.Key.create(Shared.CLIENT_TLS));

  private final AppNegotiator app;

  private ClientNegotiator(AppNegotiator app) {
    this.app = app;
  }

  /** Called by advice, where the type of a negotiator cannot be named. */
  static Object wrap(Object negotiator) {
    Shared.transportReady();
    return negotiator instanceof ClientNegotiator
        ? negotiator
        : new ClientNegotiator(new AppNegotiator(negotiator));
  }

  @Override
  public AsciiString scheme() {
    return app.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    ClientTls tls = handler.getEagAttributes().get(TLS);
    if (tls == null) {
      return app.newHandler(handler);
    }
    return InternalNettyChannelCredentials.toNegotiator(
            NettySslContextChannelCredentials.create(MeshSslContexts.client(tls.context())))
        .newNegotiator()
        .newHandler(handler);
  }

  @Override
  public void close() {
    app.close();
  }
}
