package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.CallContext;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.weaving.Suppressed;
import io.endomesh.weaving.Weaving;
import io.netty.channel.Channel;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * One request that the application wrote to its channel, and the answer to it. The call begins when
 * the application flushes: a request that is whole by then can be sent again. Confined to the event
 * loop.
 */
final class Exchange implements Sending.Leaving {

  private final MeshedConnection connection;
  private final Target target;
  private final HttpRequest head;
  private final CallContext context;
  private final boolean keepsAlive;
  private final Upload upload;

  /** Of the head, and of a body that is sent with it. */
  private final Deque<ChannelPromise> promises = new ArrayDeque<>();

  private Message.@Nullable Body body;
  private @Nullable Attempts attempts;
  private @Nullable AsyncCall<Answer> running;
  private @Nullable Answer answer;
  private boolean begun;
  private boolean given;

  /**
   * @param context of whoever asks
   */
  Exchange(MeshedConnection connection, Target target, HttpRequest head, CallContext context) {
    this.connection = connection;
    this.target = target;
    this.head = head;
    this.context = context;
    this.keepsAlive = HttpUtil.isKeepAlive(head);
    this.upload = new Upload(connection);
  }

  CallContext context() {
    return context;
  }

  boolean keepsAlive() {
    return keepsAlive;
  }

  /** True of what belongs to this request. */
  boolean takes(Object message) {
    return !upload.isComplete() && !(message instanceof HttpRequest);
  }

  void write(Object message, ChannelPromise promise) {
    if (message == head) {
      promises.add(promise);
      if (head instanceof FullHttpRequest full) {
        upload.write(full, promise);
      }
    } else {
      upload.write(message, promise);
    }
  }

  void flush() {
    if (begun) {
      upload.flush();
      return;
    }
    begun = true;
    Message.Body whole = upload.whole(promises);
    body = whole;
    CallContext before = context.attach();
    try {
      RequestView view = new RequestView(target, head, whole != null);
      Call call = call(view);
      if (call == null) {
        fail(new IOException(target.authority() + ": is no host of the mesh any more"));
        return;
      }
      start(call, view);
    } catch (RuntimeException | LinkageError e) {
      // Nobody else can send it: the channel has no connection.
      Suppressed.report(e);
      fail(new IOException("the request could not be sent", e));
    } finally {
      CallContext.restore(before);
    }
    if (whole == null) {
      upload.flush();
    }
  }

  /**
   * Null if its host is in the mesh no more. Nobody else can make it: the channel has no
   * connection.
   */
  private static @Nullable Call call(RequestView view) {
    Mesh mesh = Weaving.mesh();
    try {
      return mesh.call(view);
    } catch (RuntimeException own) {
      return mesh.passThrough(view, own);
    }
  }

  private void start(Call call, RequestView view) {
    Attempts made = new Attempts(head, view, body, this, connection);
    attempts = made;
    AsyncCall<Answer> started = AsyncCall.startInAnyCase(call, new AsyncHttpExchange<>(view, made));
    running = started;
    started.whenComplete(
        (arrived, error) -> {
          if (connection.eventLoop().inEventLoop()) {
            arrived(arrived, error);
          } else {
            connection.eventLoop().execute(() -> arrived(arrived, error));
          }
        });
  }

  @Override
  public void leaves(Sending sending, Channel to) {
    kept();
    if (body == null) {
      sending.uploads(upload::flush);
      upload.to(to, sending::uploaded);
    }
  }

  @Override
  public void interim(HttpResponse head) {
    if (answer == null && running != null) {
      connection.interim(this, head);
    }
  }

  private void kept() {
    for (ChannelPromise next = promises.poll(); next != null; next = promises.poll()) {
      next.trySuccess();
    }
  }

  private void arrived(@Nullable Answer arrived, @Nullable Throwable error) {
    if (given || running == null) {
      return;
    }
    if (arrived == null) {
      fail(error == null ? new ClosedChannelException() : error);
      return;
    }
    kept();
    if (arrived.isLocal()) {
      upload.drop();
    }
    answer = arrived;
    arrived.givenTo(connection);
    connection.give();
  }

  /** True if there is something to give to the application. */
  boolean hasMore() {
    return answer != null && answer.hasMore();
  }

  /** The application waits for the next part. */
  void more() {
    if (answer != null) {
      answer.more();
    }
  }

  @Nullable Object next() {
    Answer from = answer;
    if (from == null || given) {
      return null;
    }
    Object part = from.next();
    if (from.isGiven()) {
      given = true;
      running = null;
      upload.drop();
      release();
    }
    return part;
  }

  /** Null but with the last part of an answer that ends HTTP on the channel. */
  @Nullable Tunnel tunnel() {
    return given && answer != null ? answer.tunnel() : null;
  }

  /** True once the application has all. */
  boolean isGiven() {
    return given;
  }

  private void fail(Throwable error) {
    failPromises(error);
    connection.fail(error);
  }

  private void failPromises(Throwable error) {
    for (ChannelPromise next = promises.poll(); next != null; next = promises.poll()) {
      next.tryFailure(error);
    }
  }

  /** The application wants no more of it. */
  void breakOff() {
    AsyncCall<Answer> call = running;
    running = null;
    if (call != null) {
      call.cancel(true);
    }
    if (attempts != null) {
      attempts.breakOff();
    }
    failPromises(new ClosedChannelException());
    upload.breakOff();
    release();
  }

  private void release() {
    if (body != null) {
      body.release();
    }
  }
}
