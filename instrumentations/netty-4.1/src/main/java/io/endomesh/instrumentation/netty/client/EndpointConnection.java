package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.identity.ClientTls;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A connection to an endpoint, with TLS of the mesh if that asks for it; it reads when it is told
 * to. Confined to the event loop, which is the one of the application's channel.
 */
final class EndpointConnection extends ChannelInboundHandlerAdapter {

  /** The application's own codec has its limits, which nobody can ask for; Netty's own, doubled. */
  private static final int MOST_OF_A_LINE = 8_192;

  private static final int MOST_OF_HEADERS = 65_536;
  private static final int MOST_OF_A_PART = 8_192;

  /** Who sends something over a connection. */
  interface User {

    /** It stands. */
    void connected(EndpointConnection connection);

    /** A part of an answer has come, or bytes behind one that ends HTTP; to be released. */
    void received(Object part);

    /** What came at once is told. */
    void readComplete();

    /** True if it waits for more. */
    boolean wantsMore();

    /** It takes more again, or takes no more for now. */
    void writabilityChanged();

    /** It is gone, or never came to be. */
    void broken(Throwable reason);
  }

  private final EndpointConnections.Key key;
  private final EndpointConnections connections;
  private @Nullable Channel channel;
  private @Nullable User user;
  private @Nullable Throwable failure;
  private boolean closed;

  EndpointConnection(EndpointConnections.Key key, EndpointConnections connections) {
    this.key = key;
    this.connections = connections;
  }

  /** Begins to connect; who uses it is told. */
  void open() {
    ChannelFuture connecting =
        connections.bootstrap().handler(new Pipeline()).connect(key.address());
    channel = connecting.channel();
    connecting.addListener(this::done);
  }

  /** Added when the channel is registered. */
  private final class Pipeline extends ChannelInitializer<Channel> {

    @Override
    protected void initChannel(Channel made) {
      ClientTls tls = key.tls();
      if (tls != null) {
        made.pipeline().addLast(new SslHandler(engine(tls)));
      }
      made.pipeline()
          .addLast(new HttpClientCodec(MOST_OF_A_LINE, MOST_OF_HEADERS, MOST_OF_A_PART))
          .addLast(EndpointConnection.this);
    }

    private SSLEngine engine(ClientTls tls) {
      // The address stands for the peer in place of a host name, so that none is asked for.
      SSLEngine engine =
          tls.context()
              .createSSLEngine(
                  key.address().getAddress().getHostAddress(), key.address().getPort());
      engine.setUseClientMode(true);
      return engine;
    }
  }

  private void done(Future<?> connected) {
    if (!connected.isSuccess()) {
      broken(connected.cause());
      return;
    }
    SslHandler tls = channel().pipeline().get(SslHandler.class);
    if (tls == null) {
      stands();
    } else {
      read();
      tls.handshakeFuture()
          .addListener(
              done -> {
                if (done.isSuccess()) {
                  stands();
                } else {
                  broken(done.cause());
                  close();
                }
              });
    }
  }

  private void stands() {
    if (user != null) {
      user.connected(this);
    }
  }

  EndpointConnections.Key key() {
    return key;
  }

  Channel channel() {
    Channel known = channel;
    if (known == null) {
      throw new IllegalStateException("channel: none (expected: one that was opened)");
    }
    return known;
  }

  /** Where bytes may be written that are no HTTP. */
  ChannelHandlerContext below() {
    return channel().pipeline().context(HttpClientCodec.class);
  }

  /**
   * @param next null while it is kept
   */
  void usedBy(@Nullable User next) {
    user = next;
  }

  /** Lets more come. While nobody uses it that tells when the server closes it. */
  void read() {
    channel().read();
  }

  void keep() {
    user = null;
    if (closed || !channel().isActive()) {
      close();
      return;
    }
    connections.keep(this);
    read();
  }

  void close() {
    closed = true;
    channel().close();
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (user != null) {
      user.received(message);
    } else {
      // An answer to nothing.
      ReferenceCountUtil.release(message);
      close();
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (user != null) {
      user.readComplete();
    }
    if (user != null && user.wantsMore()) {
      ctx.read();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (user != null) {
      user.writabilityChanged();
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
    failure =
        error instanceof DecoderException && error.getCause() != null ? error.getCause() : error;
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    connections.gone(this);
    broken(failure == null ? new IOException("the connection was closed") : failure);
  }

  private void broken(Throwable reason) {
    User told = user;
    user = null;
    if (told != null) {
      told.broken(reason);
    }
  }
}
