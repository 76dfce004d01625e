package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.CallContext;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.Promise;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A channel of the application whose other end is the mesh. It stands as soon as it is connected,
 * and has no connection of its own: requests are taken from behind the application's codec, each is
 * a call, and their attempts have connections. Answers are given back there, one call after the
 * other. Used by the channel's event loop, but for what says otherwise.
 */
final class MeshedConnection extends ChannelDuplexHandler {

  private static final AttributeKey<MeshedConnection> KEY =
      AttributeKey.valueOf("io.endomesh.meshed");

  /** Of the flags of an application's own, by which it says that it wants no more (1 to 31). */
  private static final int WRITABILITY = 31;

  private record Written(Object message, ChannelPromise promise) {}

  private final SocketChannel channel;
  private final Target target;
  private final Layout layout;
  private final EndpointConnections connections;

  /** Requests that were written before the answer to the one before. */
  private final Deque<Written> waiting = new ArrayDeque<>();

  private CallContext opened;
  private @Nullable Exchange current;
  private @Nullable Tunnel tunnel;
  private @Nullable ChannelHandlerContext context;
  private @Nullable ChannelHandlerContext floor;

  private volatile boolean stands;

  /** True while the application waits for something to read. */
  private boolean reading;

  private boolean giving;

  private MeshedConnection(
      SocketChannel channel, Target target, Layout layout, CallContext opened) {
    this.channel = channel;
    this.target = target;
    this.layout = layout;
    this.opened = opened;
    this.connections = new EndpointConnections(channel, target.local());
  }

  /** Puts one into the pipeline of a channel that is not connected. From any thread. */
  static void on(SocketChannel channel, Target target, Layout layout, CallContext opened) {
    MeshedConnection meshed = new MeshedConnection(channel, target, layout, opened);
    ChannelPipeline pipeline = channel.pipeline();
    Floor floor = new Floor();
    if (layout.asleep() == null) {
      pipeline.addFirst(floor);
    } else {
      pipeline.addAfter(layout.asleep(), /* name= */ null, floor);
    }
    pipeline.addAfter(layout.codec(), /* name= */ null, meshed);
    channel.attr(KEY).set(meshed);
  }

  /** Null if the channel is none to the mesh. From any thread. */
  static @Nullable MeshedConnection of(Channel channel) {
    return channel.hasAttr(KEY) ? channel.attr(KEY).get() : null;
  }

  /** True of a channel to the mesh that is connected. From any thread. */
  static boolean stands(Channel channel) {
    MeshedConnection meshed = of(channel);
    return meshed != null && meshed.stands && channel.isOpen();
  }

  /** What a channel to the mesh says that it is connected to. From any thread. */
  static @Nullable SocketAddress address(Channel channel) {
    MeshedConnection meshed = of(channel);
    return meshed == null || !meshed.stands ? null : meshed.shown();
  }

  /** The name that was asked for; some applications want to see an address with it. */
  private SocketAddress shown() {
    InetSocketAddress asked = target.asked();
    try {
      byte[] here = InetAddress.getLoopbackAddress().getAddress();
      return asked.isUnresolved()
          ? new InetSocketAddress(
              InetAddress.getByAddress(asked.getHostString(), here), asked.getPort())
          : asked;
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // Only for bytes that are no address.
    }
  }

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  EndpointConnections connections() {
    return connections;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    floor = ctx.pipeline().context(Floor.class);
  }

  @Override
  public void connect(
      ChannelHandlerContext ctx,
      SocketAddress remote,
      @Nullable SocketAddress local,
      ChannelPromise promise) {
    if (!channel.isOpen()) {
      promise.tryFailure(new ClosedChannelException());
      return;
    }
    stands = true;
    if (!promise.trySuccess()) {
      ctx.close();
      return;
    }
    ChannelHandlerContext below = below();
    below.fireChannelActive();
    SslHandler tls = layout.tls();
    if (tls != null) {
      tellOfHandshake(tls);
      below.fireUserEventTriggered(SslHandshakeCompletionEvent.SUCCESS);
    }
    readByItself();
  }

  /** The application may wait for it, and it is never begun then. */
  @SuppressWarnings("unchecked") // What it hands out is what it keeps itself.
  private void tellOfHandshake(SslHandler tls) {
    if (tls.handshakeFuture() instanceof Promise<?> promise) {
      ((Promise<Channel>) promise).trySuccess(channel);
    }
  }

  private ChannelHandlerContext below() {
    ChannelHandlerContext known = floor;
    if (known == null) {
      throw new IllegalStateException("floor: none (expected: added before)");
    }
    return known;
  }

  private ChannelHandlerContext context() {
    ChannelHandlerContext known = context;
    if (known == null) {
      throw new IllegalStateException("context: none (expected: a handler that was added)");
    }
    return known;
  }

  /** What a connection does behind each read. */
  void readByItself() {
    if (channel.config().isAutoRead()) {
      channel.read();
    }
  }

  @Override
  public void write(ChannelHandlerContext ctx, Object message, ChannelPromise promise) {
    if (tunnel != null) {
      ctx.write(message, promise);
      return;
    }
    Exchange running = current;
    if (!waiting.isEmpty() || running != null && !running.takes(message)) {
      waiting.add(new Written(message, promise));
    } else if (running != null) {
      running.write(message, promise);
    } else if (message instanceof HttpRequest head) {
      CallContext before = opened;
      opened = CallContext.EMPTY;
      current = new Exchange(this, target, head, Contexts.take(head, before));
      current.write(message, promise);
    } else {
      // The rest of a request that is answered already.
      ReferenceCountUtil.release(message);
      promise.trySuccess();
    }
  }

  @Override
  public void flush(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      ctx.flush();
    } else if (current != null) {
      current.flush();
    }
  }

  /** What is written now waits in memory, or does so no more. */
  void writable(boolean writable) {
    ChannelOutboundBuffer buffer = channel.unsafe().outboundBuffer();
    if (buffer != null) {
      buffer.setUserDefinedWritability(WRITABILITY, writable);
    }
  }

  @Override
  public void read(ChannelHandlerContext ctx) {
    if (tunnel != null) {
      ctx.read();
      return;
    }
    reading = true;
    give();
  }

  /** Gives the application what is there, if it wants that. */
  void give() {
    if (giving) {
      return;
    }
    giving = true;
    try {
      while (reading && current != null && current.hasMore()) {
        reading = false;
        giveAll(current);
        below().fireChannelReadComplete();
        readByItself();
      }
      if (reading && current != null) {
        current.more();
      }
    } finally {
      giving = false;
    }
  }

  /** Of an answer that is still to come; whoever waits for it has said that it is to be read. */
  void interim(Exchange exchange, HttpResponse head) {
    CallContext before = exchange.context().attach();
    try {
      context().fireChannelRead(head);
      context().fireChannelRead(LastHttpContent.EMPTY_LAST_CONTENT);
      context().fireChannelReadComplete();
    } finally {
      CallContext.restore(before);
    }
  }

  private void giveAll(Exchange exchange) {
    CallContext before = exchange.context().attach();
    try {
      for (Object part = exchange.next(); part != null; part = exchange.next()) {
        if (layout.wakes()) {
          below().fireChannelRead(Unpooled.EMPTY_BUFFER);
        }
        Tunnel behind = exchange.tunnel();
        if (behind != null) {
          // The application may speak what comes next as soon as it has the answer.
          leadTo(behind);
        }
        context().fireChannelRead(part);
      }
    } finally {
      CallContext.restore(before);
    }
    Tunnel switched = tunnel;
    if (switched != null) {
      // Behind what the application does to its pipeline now.
      channel.eventLoop().execute(() -> switched.open(this, below()));
    } else if (exchange.isGiven() && current == exchange) {
      over(exchange.keepsAlive());
    }
  }

  /** From now on this only hands on what is between the application and the tunnel. */
  private void leadTo(Tunnel switched) {
    current = null;
    tunnel = switched;
    ((Floor) below().handler()).leadsTo(switched);
  }

  /**
   * @param keepsAlive if another request may follow
   */
  private void over(boolean keepsAlive) {
    current = null;
    if (!keepsAlive) {
      context().close();
    } else if (!waiting.isEmpty()) {
      // Not from here: the application is not through with the last one yet.
      channel.eventLoop().execute(this::goOn);
    }
  }

  private void goOn() {
    ChannelHandlerContext ctx = context();
    Deque<Written> written = new ArrayDeque<>(waiting);
    waiting.clear();
    written.forEach(next -> write(ctx, next.message(), next.promise()));
    flush(ctx);
    give();
  }

  /** A call failed with what is the application's. */
  void fail(Throwable error) {
    if (channel.isOpen()) {
      context().fireExceptionCaught(error);
      context().close();
    }
  }

  /** As if the server had closed it. */
  void close() {
    context().close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    breakOff();
    ctx.fireChannelInactive();
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    breakOff();
  }

  private void breakOff() {
    Exchange running = current;
    current = null;
    if (running != null) {
      running.breakOff();
    }
    for (Written next = waiting.poll(); next != null; next = waiting.poll()) {
      ReferenceCountUtil.release(next.message());
      next.promise().tryFailure(new ClosedChannelException());
    }
    connections.close();
    if (!channel.isOpen() && tunnel != null) {
      tunnel.close();
    }
  }
}
