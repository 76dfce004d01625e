package io.endomesh.instrumentation.netty.client;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import org.jspecify.annotations.Nullable;

/**
 * What one attempt sends, taken from the request before another attempt changes it. Immutable.
 *
 * @param body null if it is streamed
 */
record Message(
    HttpVersion version,
    HttpMethod method,
    String target,
    HttpHeaders headers,
    @Nullable Body body) {

  static Message of(HttpRequest head, RequestView view, @Nullable Body body) {
    return new Message(
        head.protocolVersion(), head.method(), view.target(), view.sentHeaders(), body);
  }

  /** With a body that outlives the call. */
  Message copied() {
    return new Message(version, method, target, headers, body == null ? null : body.copied());
  }

  HttpRequest head() {
    return new DefaultHttpRequest(version, method, target, headers);
  }

  /** A body that is held in memory, to be sent any number of times. Thread-safe. */
  static final class Body {

    private final ByteBuf content;
    private final HttpHeaders trailers;
    private boolean released;

    /**
     * @param content of which the reference is this object's from now on
     */
    Body(ByteBuf content, HttpHeaders trailers) {
      this.content = content;
      this.trailers = trailers;
    }

    /**
     * For one sending.
     *
     * @throws IllegalStateException if the call is over
     */
    synchronized LastHttpContent share() {
      if (released) {
        throw new IllegalStateException("body: released (expected: a call under way)");
      }
      LastHttpContent all = new DefaultLastHttpContent(content.retainedDuplicate());
      all.trailingHeaders().set(trailers);
      return all;
    }

    private synchronized Body copied() {
      // Not pooled: the collector takes it.
      return new Body(Unpooled.copiedBuffer(content.duplicate()), trailers);
    }

    synchronized void release() {
      if (!released) {
        released = true;
        content.release();
      }
    }
  }
}
