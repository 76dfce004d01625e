package io.endomesh.instrumentation.netty.client;

import java.util.List;

/** The channels over TCP that are woven, by name: not each is there. Stateless. */
final class Transports {

  static final List<String> NAMES =
      List.of(
          "io.netty.channel.socket.nio.NioSocketChannel",
          "io.netty.channel.epoll.AbstractEpollChannel",
          "io.netty.channel.kqueue.AbstractKQueueChannel",
          "io.netty.channel.uring.AbstractIoUringChannel");

  private Transports() {}

  /** True of a channel of one of them, or of a class that an application derived. */
  static boolean has(Object channel) {
    for (Class<?> type = channel.getClass(); type != null; type = type.getSuperclass()) {
      if (NAMES.contains(type.getName())) {
        return true;
      }
    }
    return false;
  }
}
