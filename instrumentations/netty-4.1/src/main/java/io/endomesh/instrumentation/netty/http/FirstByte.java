package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.identity.ServerTls;
import io.endomesh.weaving.AgentLog;
import io.endomesh.weaving.Refusals;
import io.endomesh.weaving.Weaving;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import javax.net.ssl.SSLEngine;
import org.jspecify.annotations.Nullable;

/**
 * A connection of which nothing was read yet. Its first byte tells whether it goes on as mutual TLS
 * of the mesh, by Netty's own handler for TLS, or as it is. What the server writes before is held
 * back: some say their settings of HTTP/2 first. Used by the connection's event loop.
 */
final class FirstByte extends ChannelDuplexHandler {

  private static final String[] HTTP_1 = {"http/1.1"};

  /** Of who has HTTP/2 without TLS: it finds that by its preface, over the mesh's TLS as well. */
  private static final String[] HTTP_2_FIRST = {"h2", "http/1.1"};

  private record Held(Object message, ChannelPromise promise) {}

  private final boolean choosesLater;
  private final Deque<Held> held = new ArrayDeque<>();
  private boolean isFlushed;
  private boolean isDecided;

  /**
   * @param choosesLater if the server sees by the first bytes that follow what is spoken, and asks
   *     for the certificate of a caller when it hears of TLS
   */
  FirstByte(boolean choosesLater) {
    this.choosesLater = choosesLater;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (!(message instanceof ByteBuf bytes) || !bytes.isReadable()) {
      ctx.fireChannelRead(message);
      return;
    }
    int port = ServedConnection.localPort(ctx.channel());
    boolean goesOn = false;
    try {
      goesOn = decide(ctx, bytes.getByte(bytes.readerIndex()), port);
    } catch (RuntimeException | LinkageError failure) {
      AgentLog.debug("closed a connection to port " + port + ": " + failure);
    }
    if (goesOn) {
      // Not before this is gone: some handlers look who is first. The next one is known still.
      ctx.fireChannelRead(message);
    } else {
      ReferenceCountUtil.release(message);
      // From here: who stands behind this may write first, what is held back.
      ctx.close();
    }
  }

  /** The policy is read here, once for each connection. */
  private boolean decide(ChannelHandlerContext ctx, byte first, int port) {
    ServerTls tls = Weaving.mesh().serverTls(port);
    SSLEngine engine = tls.engine(first, Codecs.speakHttp2(ctx.pipeline()) ? HTTP_2_FIRST : HTTP_1);
    if (engine != null) {
      goOnOver(engine, ctx);
    } else if (tls.acceptsPlaintext()) {
      writeHeld(ctx);
      ctx.pipeline().remove(this);
    } else {
      Refusals.plaintext(port, peer(ctx.channel()));
      return false;
    }
    return true;
  }

  private void goOnOver(SSLEngine engine, ChannelHandlerContext ctx) {
    ChannelPipeline pipeline = ctx.pipeline();
    MeshTls.on(ctx.channel(), engine);
    Handshake handshake = new Handshake(choosesLater);
    pipeline.addAfter(ctx.name(), /* name= */ null, handshake);
    pipeline.addAfter(ctx.name(), /* name= */ null, new SslHandler(engine));
    // Not held back any more: what TLS itself says comes by here.
    isDecided = true;
    writeHeld(pipeline.context(handshake));
    pipeline.remove(this);
  }

  /**
   * @param behind what is written to
   */
  private void writeHeld(ChannelHandlerContext behind) {
    for (Held next = held.poll(); next != null; next = held.poll()) {
      behind.write(next.message(), next.promise());
    }
    if (isFlushed) {
      behind.flush();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (isDecided) {
      ctx.write(message, promise);
    } else {
      held.add(new Held(message, promise));
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (isDecided) {
      ctx.flush();
    } else {
      isFlushed = true;
    }
  }

  /** Also when the connection was closed and nothing ever came. */
  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    for (Held next = held.poll(); next != null; next = held.poll()) {
      ReferenceCountUtil.release(next.message());
      next.promise().tryFailure(new ClosedChannelException());
    }
  }

  private static @Nullable InetAddress peer(Channel connection) {
    return connection.remoteAddress() instanceof InetSocketAddress address
        ? address.getAddress()
        : null;
  }
}
