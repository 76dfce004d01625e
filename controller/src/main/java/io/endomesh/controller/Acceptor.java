package io.endomesh.controller;

import com.linecorp.armeria.common.Flags;
import com.linecorp.armeria.common.util.EventLoopGroups;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * The thread that accepts connections. When the server stops it ends at once, where Netty's default
 * waits two seconds for more work; nobody hears what {@link EventLoopGroups#builder} is told of it,
 * because Armeria ends the group that a thread names as its own.
 */
final class Acceptor extends MultiThreadIoEventLoopGroup {

  private Acceptor(String name, IoHandlerFactory transport) {
    super(1, new DefaultThreadFactory(name, true), transport);
  }

  /**
   * @param name of the thread
   */
  static EventLoopGroup named(String name) {
    return switch (Flags.transportType()) {
      case EPOLL -> new Acceptor(name, EpollIoHandler.newFactory());
      case NIO -> new Acceptor(name, NioIoHandler.newFactory());
      // Armeria's own, for what is neither Linux nor the JDK's: it ends two seconds later.
      default -> EventLoopGroups.newEventLoopGroup(1, name);
    };
  }

  @Override
  public Future<?> shutdownGracefully() {
    return shutdownGracefully(0, 1, TimeUnit.SECONDS);
  }
}
