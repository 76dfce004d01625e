package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.identity.ClientTls;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.ReflectiveChannelFactory;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The connections that stand for one channel of the application: they are made when they are
 * needed, kept as long as the channel is open, and used by it alone. So the application has as many
 * as it wants, and closes them as it ever did. Confined to the event loop, but for what says
 * otherwise.
 */
final class EndpointConnections {

  /** As many as are kept while nothing is asked over them; the oldest goes. */
  private static final int MOST_KEPT = 8;

  /** What an application says of its channel that is to hold for the connections as well. */
  private static final List<ChannelOption<?>> OPTIONS =
      List.of(
          ChannelOption.CONNECT_TIMEOUT_MILLIS,
          ChannelOption.ALLOCATOR,
          ChannelOption.TCP_NODELAY,
          ChannelOption.SO_KEEPALIVE,
          ChannelOption.WRITE_BUFFER_WATER_MARK);

  /**
   * What may be sent over the same connection.
   *
   * @param tls by identity
   */
  record Key(InetSocketAddress address, @Nullable ClientTls tls) {}

  private final SocketChannel application;
  private final @Nullable SocketAddress local;
  private final Deque<EndpointConnection> idle = new ArrayDeque<>();
  private boolean closed;

  EndpointConnections(SocketChannel application, @Nullable SocketAddress local) {
    this.application = application;
    this.local = local;
  }

  /** From any thread. */
  EventLoop eventLoop() {
    return application.eventLoop();
  }

  /** One that was used before and stands, or null. */
  @Nullable EndpointConnection take(Key key) {
    for (EndpointConnection next : idle) {
      if (next.key().equals(key)) {
        idle.remove(next);
        return next;
      }
    }
    return null;
  }

  /** One that is not open yet. */
  EndpointConnection make(Key key) {
    return new EndpointConnection(key, this);
  }

  /** A channel as the application's, on its event loop. */
  Bootstrap bootstrap() {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(application.eventLoop())
            .channelFactory(another())
            .option(ChannelOption.AUTO_READ, false);
    if (local != null) {
      bootstrap.localAddress(local);
    }
    OPTIONS.forEach(option -> copy(option, bootstrap));
    return bootstrap;
  }

  private ChannelFactory<Channel> another() {
    return application instanceof NioSocketChannel
        ? NioSocketChannel::new
        : new ReflectiveChannelFactory<>(application.getClass());
  }

  private <T> void copy(ChannelOption<T> option, Bootstrap to) {
    T value = application.config().getOption(option);
    if (value != null) {
      to.option(option, value);
    }
  }

  /** Another request may be sent over it. */
  void keep(EndpointConnection used) {
    if (closed) {
      used.close();
      return;
    }
    idle.addFirst(used);
    if (idle.size() > MOST_KEPT) {
      idle.removeLast().close();
    }
  }

  /** It was closed while it was idle. */
  void gone(EndpointConnection connection) {
    idle.remove(connection);
  }

  /** The application closed its channel. */
  void close() {
    closed = true;
    for (EndpointConnection next = idle.poll(); next != null; next = idle.poll()) {
      next.close();
    }
  }
}
