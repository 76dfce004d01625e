package io.endomesh.instrumentation.grpc.netty;

import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.instrumentation.grpc.Shared;
import io.endomesh.weaving.Weaving;
import io.grpc.Attributes;
import io.grpc.netty.GrpcHttp2ConnectionHandler;
import io.grpc.netty.InternalNettyServerCredentials;
import io.grpc.netty.InternalProtocolNegotiationEvent;
import io.grpc.netty.NettySslContextServerCredentials;
import io.grpc.netty.ProtocolNegotiationEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.net.InetSocketAddress;
import java.util.List;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Waits for the first byte of a connection, then makes way for the negotiation it asks for. gRPC
 * sends nothing before negotiation has ended, so there is nothing to hold back. Confined to the
 * connection's event loop.
 */
final class FirstByteHandler extends ByteToMessageDecoder {

  private static final Attributes.Key<Boolean> MESH_SESSION =
      Shared.object(
          Attributes.Key.class,
          Shared.MESH_SESSION,
          () -> Attributes.Key.create(Shared.MESH_SESSION));

  private static final Attributes.Key<Runnable> CLOSE =
      Shared.object(Attributes.Key.class, Shared.CLOSE, () -> Attributes.Key.create(Shared.CLOSE));

  private final GrpcHttp2ConnectionHandler grpc;
  private final AppNegotiator app;
  private @Nullable ProtocolNegotiationEvent started;
  private @Nullable ServerTls rule;

  FirstByteHandler(GrpcHttp2ConnectionHandler grpc, AppNegotiator app) {
    this.grpc = grpc;
    this.app = app;
  }

  /** Negotiation begins: the rule is read now, so that a change is good for new connections. */
  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (!(event instanceof ProtocolNegotiationEvent negotiation)) {
      super.userEventTriggered(ctx, event);
      return;
    }
    started = negotiation;
    rule = ruleOf(ctx);
    if (rule == null || !rule.detects()) {
      goOn(ctx, app.newHandler(grpc), known(negotiation, ctx, /* mesh= */ null));
    }
  }

  private static @Nullable ServerTls ruleOf(ChannelHandlerContext ctx) {
    return ctx.channel().localAddress() instanceof InetSocketAddress bound
        ? Weaving.mesh().serverTls(bound.getPort())
        : null;
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    ProtocolNegotiationEvent negotiation = started;
    ServerTls now = rule;
    if (negotiation == null || now == null) {
      return;
    }
    boolean tls = in.getUnsignedByte(in.readerIndex()) == ServerTls.TLS_FIRST_BYTE;
    SSLContext context = now.context();
    if (tls && context != null) {
      goOn(ctx, tlsHandler(context), known(negotiation, ctx, /* mesh= */ true));
    } else if (!tls && now.acceptsPlaintext()) {
      goOn(ctx, app.newHandler(grpc), known(negotiation, ctx, /* mesh= */ null));
    } else {
      in.skipBytes(in.readableBytes());
      ctx.close();
    }
  }

  private ChannelHandler tlsHandler(SSLContext context) {
    return InternalNettyServerCredentials.toNegotiator(
            NettySslContextServerCredentials.create(MeshSslContexts.server(context)))
        .newNegotiator(/* offloadExecutorPool= */ null)
        .newHandler(grpc);
  }

  /** Gives calls of the connection to know what it is. */
  private static ProtocolNegotiationEvent known(
      ProtocolNegotiationEvent event, ChannelHandlerContext ctx, @Nullable Boolean mesh) {
    Channel connection = ctx.channel();
    Attributes.Builder attributes =
        InternalProtocolNegotiationEvent.getAttributes(event).toBuilder()
            .set(CLOSE, connection::close);
    return InternalProtocolNegotiationEvent.withAttributes(
        event, (mesh == null ? attributes : attributes.set(MESH_SESSION, mesh)).build());
  }

  /**
   * Added behind this one, not in its place: the TLS negotiation puts Netty's TLS handler in front
   * of itself, and the bytes read so far must reach that one. They are passed on when this is
   * removed.
   */
  private void goOn(
      ChannelHandlerContext ctx, ChannelHandler next, ProtocolNegotiationEvent event) {
    ctx.pipeline().addAfter(ctx.name(), null, next);
    ctx.fireUserEventTriggered(event);
    ctx.pipeline().remove(this);
  }
}
