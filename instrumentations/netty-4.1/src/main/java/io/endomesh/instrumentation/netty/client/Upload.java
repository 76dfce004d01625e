package io.endomesh.instrumentation.netty.client;

import io.netty.buffer.CompositeByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request on its way from the application to the connection of an attempt: kept until
 * there is one, then as fast as that takes it. Confined to the event loop.
 */
final class Upload {

  private record Part(Object message, ChannelPromise promise) {}

  private final MeshedConnection from;
  private final Deque<Part> parts = new ArrayDeque<>();
  private @Nullable Channel to;
  private Runnable written = () -> {};
  private boolean dropped;
  private boolean complete;

  Upload(MeshedConnection from) {
    this.from = from;
  }

  /** True if the application wrote all of it. */
  boolean isComplete() {
    return complete;
  }

  /** Takes a part from the application. */
  void write(Object message, ChannelPromise promise) {
    complete |= message instanceof LastHttpContent;
    if (dropped) {
      ReferenceCountUtil.release(message);
      promise.trySuccess();
    } else {
      parts.add(new Part(message, promise));
    }
  }

  /**
   * All of it, if it is here and is nothing but bytes; then there is nothing left to upload. What
   * is written is so when the promises are kept.
   */
  Message.@Nullable Body whole(Deque<ChannelPromise> promises) {
    if (!complete || !parts.stream().allMatch(part -> part.message() instanceof HttpContent)) {
      return null;
    }
    CompositeByteBuf content = Unpooled.compositeBuffer(Math.max(2, parts.size()));
    HttpHeaders trailers = new DefaultHttpHeaders(/* validate= */ false);
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      HttpContent body = (HttpContent) part.message();
      content.addComponent(/* increaseWriterIndex= */ true, body.content());
      if (body instanceof LastHttpContent last) {
        trailers.set(last.trailingHeaders());
      }
      promises.add(part.promise());
    }
    return new Message.Body(content, trailers);
  }

  /** The application said that what it wrote is to leave. */
  void flush() {
    Channel there = to;
    if (there == null) {
      from.writable(parts.isEmpty() || complete);
      return;
    }
    boolean sends = !parts.isEmpty();
    while (!parts.isEmpty() && there.isWritable()) {
      send(there, parts.remove());
    }
    if (sends && parts.isEmpty() && complete) {
      written.run();
    }
    there.flush();
    from.writable(parts.isEmpty() && (there.isWritable() || complete));
  }

  private static void send(Channel there, Part part) {
    ChannelFuture written = there.write(part.message());
    written.addListener(
        done -> {
          if (done.isSuccess()) {
            part.promise().trySuccess();
          } else {
            part.promise().tryFailure(done.cause());
          }
        });
  }

  /**
   * There is the connection of an attempt, and its head was written.
   *
   * @param whenWritten run when all was given to it
   */
  void to(Channel connection, Runnable whenWritten) {
    to = connection;
    written = whenWritten;
    flush();
  }

  /** Nobody wants it, or what is left of it: the call is answered. */
  void drop() {
    end(null);
  }

  void breakOff() {
    end(new ClosedChannelException());
  }

  private void end(@Nullable Throwable failure) {
    dropped = true;
    for (Part part = parts.poll(); part != null; part = parts.poll()) {
      ReferenceCountUtil.release(part.message());
      if (failure == null) {
        part.promise().trySuccess();
      } else {
        part.promise().tryFailure(failure);
      }
    }
    from.writable(true);
  }
}
