package io.endomesh.instrumentation.netty.client;

import static io.netty.handler.codec.http.HttpStatusClass.SUCCESS;
import static java.util.concurrent.TimeUnit.NANOSECONDS;

import io.endomesh.dataplane.Attempt;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.ChangedHeaders;
import io.endomesh.dataplane.http.HttpAttempt;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One attempt, or a copy, on its way: from a connection to the last byte of its answer. Confined to
 * the event loop, but for its future.
 */
final class Sending implements EndpointConnection.User {

  /** Bytes of an answer that nobody gets which are read for the sake of its connection. */
  private static final int MOST_DROPPED = 131_072;

  /** The other side of an attempt. */
  interface Leaving {

    /** Its head was written to a connection. */
    void leaves(Sending sending, Channel to);

    /** An answer that answers nothing yet (RFC 9110, 15.2). */
    void interim(HttpResponse head);
  }

  private final HttpAttempt http;
  private final Message message;
  private final EndpointConnections connections;
  private final Leaving leaving;
  private final CompletableFuture<Answer> sent = new CompletableFuture<>();

  private Consumer<Answer> accepting = none -> {};
  private @Nullable EndpointConnection connection;
  private @Nullable Answer answer;

  private boolean reused;
  private boolean isWritten;
  private boolean hasHead;
  private boolean isInterim;
  private boolean switches;
  private boolean keepsAlive;
  private boolean isWanted;
  private boolean isOver;
  private int dropped;

  Sending(HttpAttempt http, Message message, EndpointConnections connections, Leaving leaving) {
    this.http = http;
    this.message = message;
    this.connections = connections;
    this.leaving = leaving;
  }

  /**
   * From any thread.
   *
   * @param accepting told of the answer if it is not dropped
   */
  CompletableFuture<Answer> start(Consumer<Answer> accepting) {
    this.accepting = accepting;
    http.onBreakOff(() -> here(this::breakOff));
    long nanos = http.attempt().timeoutNanos();
    Future<?> clock =
        nanos == Call.NO_TIMEOUT
            ? null
            : connections.eventLoop().schedule(http::expire, nanos, NANOSECONDS);
    here(this::connect);
    return sent.whenComplete(
        (arrived, error) -> {
          if (clock != null) {
            clock.cancel(false);
          }
          if (error != null) {
            here(this::breakOff);
          }
        });
  }

  private void here(Runnable step) {
    EventLoop loop = connections.eventLoop();
    if (loop.inEventLoop()) {
      step.run();
    } else {
      loop.execute(step);
    }
  }

  private void connect() {
    if (isOver) {
      return;
    }
    Attempt attempt = http.attempt();
    EndpointConnections.Key key =
        new EndpointConnections.Key(attempt.endpoint().address(), attempt.tls());
    EndpointConnection kept = attempt.isCopy() ? null : connections.take(key);
    reused = kept != null;
    EndpointConnection used = kept == null ? connections.make(key) : kept;
    connection = used;
    used.usedBy(this);
    if (kept == null) {
      used.open();
    } else {
      connected(kept);
    }
  }

  @Override
  public void connected(EndpointConnection to) {
    if (isOver) {
      to.close();
      return;
    }
    http.leaves();
    Channel channel = to.channel();
    channel.write(message.head());
    Message.Body body = message.body();
    if (body != null) {
      isWritten = true;
      channel.writeAndFlush(body.share());
    } else {
      channel.flush();
    }
    to.read();
    leaving.leaves(this, channel);
  }

  @Override
  public void received(Object message) {
    if (!(message instanceof HttpObject part)) {
      ReferenceCountUtil.release(message);
      end(new IOException("the answer is no HTTP"));
    } else if (isInterim) {
      isInterim = !(part instanceof LastHttpContent);
      ReferenceCountUtil.release(part);
    } else if (part.decoderResult().isFailure()) {
      ReferenceCountUtil.release(part);
      end(new IOException("the answer is no HTTP", part.decoderResult().cause()));
    } else if (part instanceof HttpResponse head && !hasHead) {
      judge(head);
    } else {
      content(part);
    }
  }

  @Override
  public void readComplete() {
    // Each part is dealt with as it comes.
  }

  private void judge(HttpResponse head) {
    int status = head.status().code();
    switches =
        status == HttpResponseStatus.SWITCHING_PROTOCOLS.code()
            || message.method().equals(HttpMethod.CONNECT) && head.status().codeClass() == SUCCESS;
    if (status < HttpResponseStatus.OK.code() && !switches) {
      isInterim = true;
      if (!http.attempt().isCopy()) {
        leaving.interim(head);
      }
      return;
    }
    hasHead = true;
    keepsAlive = HttpUtil.isKeepAlive(head);
    HttpHeaders headers = head.headers();
    isWanted = http.answered(status, headers::getAll) && !http.attempt().isCopy();
    Answer arrived = new Answer(head, this);
    if (isWanted) {
      if (!switches) {
        // Of the connection of the attempt, not of the application's.
        headers.remove(HttpHeaderNames.CONNECTION);
      }
      change(headers);
      answer = arrived;
      accepting.accept(arrived);
    }
    sent.complete(arrived);
  }

  private void change(HttpHeaders headers) {
    Attempt attempt = http.attempt();
    if (attempt.changesResponse()) {
      ChangedHeaders changed = new ChangedHeaders(headers::getAll);
      attempt.changeResponse(changed);
      changed
          .changes()
          .forEach(
              (name, values) -> {
                headers.remove(name);
                headers.add(name, values);
              });
    }
  }

  private void content(HttpObject part) {
    boolean last = part instanceof LastHttpContent;
    if (last) {
      finish();
    }
    Answer to = answer;
    if (to != null) {
      wants = false;
      to.add(part);
      return;
    }
    dropped += part instanceof HttpContent body ? body.content().readableBytes() : 0;
    ReferenceCountUtil.release(part);
    if (dropped > MOST_DROPPED) {
      breakOff();
    }
  }

  /** True while the application waits for the body. */
  private boolean wants;

  /** Lets more of the answer come. */
  void more() {
    if (!wants && !isOver && connection != null) {
      wants = true;
      connection.read();
    }
  }

  @Override
  public boolean wantsMore() {
    return answer == null || wants;
  }

  @Override
  public void writabilityChanged() {
    if (connection != null && !isOver) {
      resumed.run();
    }
  }

  private Runnable resumed = () -> {};

  /**
   * A body is streamed to the connection.
   *
   * @param resume what to do when that takes more again
   */
  void uploads(Runnable resume) {
    resumed = resume;
  }

  /** All of a body that is streamed was written. */
  void uploaded() {
    isWritten = true;
  }

  private void finish() {
    EndpointConnection used = connection;
    connection = null;
    isOver = true;
    if (used != null) {
      used.usedBy(null);
      if (switches && answer != null) {
        Tunnel tunnel = new Tunnel(used);
        used.usedBy(tunnel);
        answer.goesOnBy(tunnel);
      } else if (keepsAlive && !switches && isWritten && !http.attempt().isCopy()) {
        used.keep();
      } else {
        used.close();
      }
    }
  }

  @Override
  public void broken(Throwable reason) {
    if (!hasHead && reused && reason instanceof IOException && http.sendsAgain()) {
      connection = null;
      connect();
    } else {
      end(reason);
    }
  }

  private void end(Throwable reason) {
    closeConnection();
    sent.completeExceptionally(reason);
    if (answer != null) {
      answer.breakOff(reason);
    }
  }

  /** Nobody wants it any more. */
  void breakOff() {
    closeConnection();
    sent.completeExceptionally(new IOException("attempt broken off"));
  }

  private void closeConnection() {
    isOver = true;
    EndpointConnection used = connection;
    connection = null;
    if (used != null) {
      used.usedBy(null);
      used.close();
    }
  }
}
