package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.http.LocalAnswer;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The answer to an attempt, or one of the mesh itself, part by part. Confined to the event loop.
 */
final class Answer {

  private final Deque<Object> parts = new ArrayDeque<>();
  private final @Nullable Sending from;

  private @Nullable MeshedConnection to;
  private @Nullable Throwable broken;
  private @Nullable Tunnel tunnel;
  private boolean closed;
  private boolean given;

  /**
   * @param from where the body comes from
   */
  Answer(HttpResponse head, @Nullable Sending from) {
    this.from = from;
    parts.add(head);
  }

  static Answer local(LocalAnswer local) {
    HttpResponse head =
        new DefaultHttpResponse(
            HttpVersion.HTTP_1_1,
            HttpResponseStatus.valueOf(local.status()),
            /* validateHeaders= */ false);
    local.headers().forEach(head.headers()::set);
    Answer answer = new Answer(head, null);
    answer.parts.add(new DefaultLastHttpContent(Unpooled.wrappedBuffer(local.body())));
    return answer;
  }

  boolean isLocal() {
    return from == null;
  }

  /** From now on it is told when there is more. */
  void givenTo(MeshedConnection connection) {
    to = connection;
  }

  /** It ends HTTP on its connection. */
  void goesOnBy(Tunnel bytes) {
    tunnel = bytes;
  }

  /** Null but for an answer that ends HTTP. */
  @Nullable Tunnel tunnel() {
    return tunnel;
  }

  boolean hasMore() {
    return !parts.isEmpty() || broken != null;
  }

  /** Asks for more. */
  void more() {
    if (from != null && !given) {
      from.more();
    }
  }

  /**
   * Null if the rest is not here yet, or will never be: then the application's channel is closed.
   */
  @Nullable Object next() {
    Object part = parts.poll();
    given |= part instanceof LastHttpContent;
    if (part == null && broken != null && !closed && to != null) {
      closed = true;
      to.fail(broken);
    }
    return part;
  }

  /** True once its last part was. */
  boolean isGiven() {
    return given;
  }

  /** A part has come. */
  void add(HttpObject part) {
    if (closed) {
      ReferenceCountUtil.release(part);
    } else {
      parts.add(part);
      tell();
    }
  }

  /** No more of it will come. */
  void breakOff(Throwable reason) {
    broken = reason;
    tell();
  }

  private void tell() {
    if (to != null) {
      to.give();
    }
  }

  /** Nobody wants it. */
  void drop() {
    closed = true;
    for (Object part = parts.poll(); part != null; part = parts.poll()) {
      ReferenceCountUtil.release(part);
    }
    if (from != null) {
      from.breakOff();
    }
    if (tunnel != null) {
      tunnel.close();
    }
  }
}
