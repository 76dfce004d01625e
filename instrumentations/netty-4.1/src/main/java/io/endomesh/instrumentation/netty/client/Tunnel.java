package io.endomesh.instrumentation.netty.client;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A connection that speaks HTTP no more (RFC 9110, 7.8): its bytes are those of the application's
 * channel. Confined to the event loop.
 */
final class Tunnel implements EndpointConnection.User {

  private final EndpointConnection connection;

  /** What has come before the application was ready for it. */
  private final Deque<Object> early = new ArrayDeque<>();

  private @Nullable MeshedConnection application;
  private @Nullable ChannelHandlerContext floor;
  private boolean isReading;

  Tunnel(EndpointConnection connection) {
    this.connection = connection;
  }

  /** The application has put what it speaks now into its pipeline. */
  void open(MeshedConnection to, ChannelHandlerContext at) {
    application = to;
    floor = at;
    if (!early.isEmpty()) {
      early.forEach(at::fireChannelRead);
      early.clear();
      isReading = false;
      readComplete();
    } else if (isReading) {
      connection.read();
    }
  }

  void read() {
    isReading = true;
    if (floor != null) {
      connection.read();
    }
  }

  void write(Object message, ChannelPromise promise) {
    connection
        .below()
        .write(message)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                promise.trySuccess();
              } else {
                promise.tryFailure(done.cause());
              }
            });
  }

  void flush() {
    connection.below().flush();
    writabilityChanged();
  }

  void close() {
    early.forEach(ReferenceCountUtil::release);
    early.clear();
    connection.usedBy(null);
    connection.close();
  }

  @Override
  public void connected(EndpointConnection stands) {
    // Long ago.
  }

  @Override
  public void received(Object part) {
    isReading = false;
    if (floor == null) {
      early.add(part);
    } else {
      floor.fireChannelRead(part);
    }
  }

  @Override
  public void readComplete() {
    MeshedConnection to = application;
    ChannelHandlerContext at = floor;
    if (to != null && at != null && !isReading) {
      at.fireChannelReadComplete();
      to.readByItself();
    }
  }

  @Override
  public boolean wantsMore() {
    return isReading;
  }

  @Override
  public void writabilityChanged() {
    if (application != null) {
      application.writable(connection.channel().isWritable());
    }
  }

  @Override
  public void broken(Throwable reason) {
    if (application != null) {
      application.close();
    }
  }
}
