package io.endomesh.instrumentation.reactornetty;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.ReadTimeoutException;
import io.netty.util.AttributeKey;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Mono;
import reactor.core.publisher.MonoSink;
import reactor.netty.ConnectionObserver;
import reactor.netty.NettyPipeline;
import reactor.netty.channel.ChannelOperations;
import reactor.netty.http.client.HttpClientConfig;
import reactor.util.context.Context;

/**
 * What the library takes for the connection of one hop of a call: at its other end is the mesh. It
 * takes HTTP messages in place of bytes. With the head of the request the call begins; a body that
 * is streamed waits until an attempt has a connection. What is written, read and closed here is so
 * at the attempt. Used once; its methods are confined to its event loop, but for those that say
 * otherwise.
 */
final class MeshChannel extends MemoryChannel {

  private final HttpClientConfig config;
  private final Call call;
  private final RequestView view;

  private final Attempts attempts;
  private Context context = Context.empty();
  private @Nullable AsyncCall<Answer> running;
  private @Nullable Upload upload;
  private @Nullable Download download;

  /** True while the library is not told that the head of its request is written. */
  private boolean headWaits;

  /** True while the library waits for something to read. */
  private boolean reading;

  MeshChannel(HttpClientConfig config, InetSocketAddress host, Call call, RequestView view) {
    super(host);
    this.config = config;
    this.call = call;
    this.view = view;
    this.attempts = new Attempts(config, view, this);
  }

  /** Of the application's subscriber. */
  Context context() {
    return context;
  }

  /** Makes it known to the library, which then sends the request. From any thread, once. */
  ChannelFuture open(ConnectionObserver observer) {
    options(config.options());
    attributes(config.attributes());
    // The library looks for its codec by name, and reads files by itself if it sees the other.
    pipeline()
        .addLast(NettyPipeline.HttpCodec, new Standing())
        .addLast(NettyPipeline.CompressionHandler, new Standing());
    ChannelOperations.addReactiveBridge(this, config.channelOperationsProvider(), observer);
    context = observer.currentContext();
    return config.loopResources().onClient(config.isPreferNative()).next().register(this);
  }

  /** Does nothing: a name in the pipeline. */
  private static final class Standing extends ChannelHandlerAdapter {}

  @SuppressWarnings("unchecked") // As the library does it.
  private void options(Map<ChannelOption<?>, ?> options) {
    options.forEach((option, value) -> config().setOption((ChannelOption<Object>) option, value));
  }

  @SuppressWarnings("unchecked") // As the library does it.
  private void attributes(Map<AttributeKey<?>, ?> attributes) {
    attributes.forEach((key, value) -> attr((AttributeKey<Object>) key).set(value));
  }

  @Override
  protected void doWrite(ChannelOutboundBuffer written) {
    for (Object message = written.current(); message != null; message = written.current()) {
      if (running == null) {
        begin((HttpRequest) message);
        // A call that is delayed on purpose, or answered already, is as good as sent.
        headWaits = !view.replayable() || attempts.begun();
        if (!headWaits) {
          view.sent();
        }
      } else if (upload != null) {
        if (upload.isFull()) {
          break;
        }
        upload.write(message);
      }
      if (headWaits) {
        return;
      }
      written.remove();
    }
    if (upload != null) {
      upload.flush();
    }
  }

  /** An attempt has a connection, and writes the head of the request there. From any thread. */
  void leaves() {
    if (view.replayable()) {
      eventLoop().execute(this::headWritten);
    }
  }

  /**
   * Tells the library that the head is written: it begins to count its response timeout, and to
   * send a body that is streamed.
   */
  private void headWritten() {
    ChannelOutboundBuffer written = unsafe().outboundBuffer();
    if (headWaits && written != null) {
      headWaits = false;
      view.sent();
      written.remove();
      unsafe().flush();
    }
  }

  private void begin(HttpRequest head) {
    view.read(head);
    if (head instanceof FullHttpRequest full) {
      attempts.body(new Message.Body(full.content().retain()));
    }
    AsyncCall<Answer> begun =
        AsyncCall.startInAnyCase(call, new AsyncHttpExchange<>(view, attempts));
    running = begun;
    begun.whenComplete(
        (answer, error) ->
            eventLoop()
                .execute(
                    () -> {
                      if (error == null) {
                        arrived(answer);
                      } else {
                        fail(error);
                      }
                    }));
  }

  /** The body that is streamed, to the connection that the head was written to. */
  Mono<Void> upload(Channel to) {
    return Mono.create(done -> eventLoop().execute(() -> upload(to, done)));
  }

  private void upload(Channel to, MonoSink<Void> done) {
    if (!headWaits || !isActive()) {
      done.error(new ClosedChannelException());
      return;
    }
    upload = new Upload(to, done, () -> eventLoop().execute(this::roomAgain));
    headWritten();
  }

  private void roomAgain() {
    if (upload != null && isActive()) {
      upload.roomAgain();
      unsafe().flush();
    }
  }

  private void arrived(Answer answer) {
    if (!isActive()) {
      answer.discard();
      return;
    }
    if (view.replayable()) {
      headWritten();
    }
    Download body = new Download(answer);
    download = body;
    DefaultHttpResponse head =
        new DefaultHttpResponse(HttpVersion.HTTP_1_1, answer.status(), false);
    head.headers().set(answer.headers());
    read(head);
    if (isActive()) {
      answer.body().subscribe(body);
    }
  }

  private void fail(Throwable error) {
    if (isActive()) {
      boolean timedOut =
          error instanceof IOException && error.getCause() instanceof ReadTimeoutException;
      pipeline().fireExceptionCaught(timedOut ? error.getCause() : error);
      close();
    }
  }

  private void read(Object message) {
    reading = false;
    pipeline().fireChannelRead(message);
    pipeline().fireChannelReadComplete();
  }

  @Override
  protected void doBeginRead() {
    if (!reading) {
      reading = true;
      if (download != null) {
        download.more();
      }
    }
  }

  @Override
  protected void doClose() {
    super.doClose();
    if (running != null) {
      running.cancel(true);
    }
    attempts.over(download != null);
    if (upload != null) {
      upload.breakOff(new ClosedChannelException());
    }
    if (download != null) {
      download.breakOff();
    }
  }

  /** The body of the answer, a part whenever the library reads. */
  private final class Download extends BaseSubscriber<Object> {

    private final Answer answer;
    private boolean subscribed;
    private boolean ended;

    Download(Answer answer) {
      this.answer = answer;
    }

    void more() {
      if (subscribed && !ended) {
        request(1);
      }
    }

    void breakOff() {
      if (!ended) {
        ended = true;
        if (subscribed) {
          answer.close();
          request(Long.MAX_VALUE);
        } else {
          answer.discard();
        }
      }
    }

    @Override
    protected void hookOnSubscribe(Subscription subscription) {
      subscribed = true;
      if (reading) {
        request(1);
      }
    }

    @Override
    protected void hookOnNext(Object part) {
      ReferenceCountUtil.retain(part);
      here(
          () -> {
            if (ended) {
              ReferenceCountUtil.release(part);
            } else {
              ended = part instanceof LastHttpContent;
              read(part);
            }
          });
    }

    @Override
    protected void hookOnComplete() {
      here(
          () -> {
            if (!ended) {
              ended = true;
              DefaultLastHttpContent last = new DefaultLastHttpContent(Unpooled.EMPTY_BUFFER);
              answer.trailers().subscribe(last.trailingHeaders()::set);
              // An empty part would be one to applications of old versions.
              read(last.trailingHeaders().isEmpty() ? LastHttpContent.EMPTY_LAST_CONTENT : last);
            }
          });
    }

    @Override
    protected void hookOnError(Throwable error) {
      here(
          () -> {
            if (!ended) {
              ended = true;
              fail(error);
            }
          });
    }

    private void here(Runnable step) {
      if (eventLoop().inEventLoop()) {
        step.run();
      } else {
        eventLoop().execute(step);
      }
    }
  }
}
