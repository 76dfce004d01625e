package io.endomesh.instrumentation.reactornetty;

import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import reactor.core.publisher.MonoSink;

/**
 * A streamed body on its way from the application to the connection of an attempt, as fast as that
 * takes it. Confined to the event loop of the call.
 */
final class Upload {

  private final Channel to;
  private final MonoSink<Void> done;
  private final Runnable resume;
  private boolean full;
  private boolean ended;

  /**
   * @param resume run on the event loop of the connection when it takes more again
   */
  Upload(Channel to, MonoSink<Void> done, Runnable resume) {
    this.to = to;
    this.done = done;
    this.resume = resume;
  }

  /** True until {@link #roomAgain}: what is written now waits in memory. */
  boolean isFull() {
    return full;
  }

  void roomAgain() {
    full = false;
  }

  /** Writes a part of the body. */
  void write(Object part) {
    if (ended) {
      return;
    }
    if (part instanceof LastHttpContent last) {
      ended = true;
      if (last.content().isReadable()) {
        to.write(last.content().retain());
      }
      // Behind what was written.
      to.eventLoop().execute(done::success);
      return;
    }
    ChannelFuture written = to.write(ReferenceCountUtil.retain(part));
    if (!to.isWritable()) {
      full = true;
      written.addListener(room -> resume.run());
    }
  }

  void flush() {
    to.flush();
  }

  /** The application writes no more of it. */
  void breakOff(Throwable reason) {
    if (!ended) {
      ended = true;
      done.error(reason);
    }
  }
}
