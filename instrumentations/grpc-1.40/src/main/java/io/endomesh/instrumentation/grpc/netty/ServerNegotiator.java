package io.endomesh.instrumentation.grpc.netty;

import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalProtocolNegotiator;
import io.netty.channel.ChannelHandler;
import io.netty.util.AsciiString;

/**
 * Lets a plaintext server take mutual TLS on the same port, as the mesh's policy says for each new
 * connection. A server with TLS of its own is left alone: its first bytes say TLS, too.
 * Thread-safe.
 */
final class ServerNegotiator implements InternalProtocolNegotiator.ProtocolNegotiator {

  private static final String PLAINTEXT_SCHEME = "http";

  private final AppNegotiator app;

  private ServerNegotiator(AppNegotiator app) {
    this.app = app;
  }

  /** Called by advice, where the type of a negotiator cannot be named. */
  static Object wrap(Object negotiator) {
    if (negotiator instanceof ServerNegotiator) {
      return negotiator;
    }
    AppNegotiator app = new AppNegotiator(negotiator);
    return PLAINTEXT_SCHEME.contentEquals(app.scheme()) ? new ServerNegotiator(app) : negotiator;
  }

  @Override
  public AsciiString scheme() {
    return app.scheme();
  }

  @Override
  public ChannelHandler newHandler(GrpcHttp2ConnectionHandler handler) {
    return new FirstByteHandler(handler, app);
  }

  @Override
  public void close() {
    app.close();
  }
}
