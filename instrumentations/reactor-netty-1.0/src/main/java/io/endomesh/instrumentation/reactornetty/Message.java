package io.endomesh.instrumentation.reactornetty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt sends, taken from the request before another attempt changes it. Immutable.
 *
 * @param body null if it is streamed
 */
record Message(HttpMethod method, String target, HttpHeaders headers, @Nullable Body body) {

  static Message of(RequestView view, @Nullable Body body) {
    return new Message(view.sentMethod(), view.target(), view.sentHeaders(), body);
  }

  /** With a body that outlives the call. */
  Message copied() {
    return body == null ? this : new Message(method, target, headers, body.copied());
  }

  /** A body that is held in memory, to be sent any number of times. Thread-safe. */
  static final class Body {

    private final ByteBuf content;
    private boolean released;

    /**
     * @param content of which the reference is this object's from now on
     */
    Body(ByteBuf content) {
      this.content = content;
    }

    boolean isEmpty() {
      return !content.isReadable();
    }

    /**
     * For one sending.
     *
     * @throws IllegalStateException if the call is over
     */
    synchronized ByteBuf share() {
      if (released) {
        throw new IllegalStateException("body: released (expected: a call under way)");
      }
      return content.retainedDuplicate();
    }

    private synchronized Body copied() {
      // Not pooled: the collector takes it.
      return new Body(Unpooled.copiedBuffer(content.duplicate()));
    }

    synchronized void release() {
      if (!released) {
        released = true;
        content.release();
      }
    }
  }
}
