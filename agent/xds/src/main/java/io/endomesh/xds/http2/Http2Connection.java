package io.endomesh.xds.http2;

import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannel;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.Future;
import java.io.IOException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An open HTTP/2 connection; it carries any number of streams. Thread-safe. */
public final class Http2Connection {

  /**
   * Told about the connection itself, by the executor it was given with. {@link #closed} comes
   * exactly once, also if the connection never came up.
   */
  public interface Listener {
    void ready(Http2Connection connection);

    /**
     * @param cause null if it was closed in order
     */
    void closed(@Nullable Throwable cause);
  }

  /** A decision with all that goes with it is some hundred bytes. */
  private static final int MAX_URGENT_BYTES = 256 << 10;

  private final Channel channel;
  private final String scheme;
  private final String authority;
  private final Executor callbacks;

  Http2Connection(Channel channel, String scheme, String authority, Executor callbacks) {
    this.channel = channel;
    this.scheme = scheme;
    this.authority = authority;
    this.callbacks = callbacks;
  }

  /** Begins a gRPC call; messages may be sent at once. */
  public GrpcStream open(String path, Map<String, String> metadata, GrpcStream.Listener listener) {
    return open(path, metadata, listener, callbacks, GrpcFrames.MAX_MESSAGE_BYTES);
  }

  /** The same for answers that are no longer than this each. */
  public GrpcStream open(
      String path, Map<String, String> metadata, GrpcStream.Listener listener, int maxBytes) {
    return open(path, metadata, listener, callbacks, maxBytes);
  }

  private GrpcStream open(
      String path,
      Map<String, String> metadata,
      GrpcStream.Listener listener,
      Executor executor,
      int maxMessageBytes) {
    Http2Headers headers =
        request(path).set("te", "trailers").set("content-type", "application/grpc");
    metadata.forEach(headers::set);
    GrpcStream stream = new GrpcStream(channel.eventLoop(), executor, listener, maxMessageBytes);
    new Http2StreamChannelBootstrap(channel)
        .handler(stream.new Handler())
        .open()
        .addListener(
            (Future<Http2StreamChannel> f) ->
                channel
                    .eventLoop()
                    .execute(
                        () -> {
                          if (f.isSuccess()) {
                            stream.opened(f.getNow(), headers);
                          } else {
                            stream.end(
                                GrpcStatus.unavailable(String.valueOf(f.cause().getMessage())));
                          }
                        }));
    return stream;
  }

  /** A gRPC call with one message each way. Completes exceptionally with {@link GrpcException}. */
  public CompletableFuture<byte[]> unary(
      String path, Map<String, String> metadata, byte[] request, long timeoutNanos) {
    return unary(path, metadata, request, timeoutNanos, callbacks, GrpcFrames.MAX_MESSAGE_BYTES);
  }

  /**
   * The same for an answer that somebody waits for: it does not stand in line behind other news of
   * the connection. It is short: many of them may come at a time.
   */
  public CompletableFuture<byte[]> urgent(
      String path, Map<String, String> metadata, byte[] request, long timeoutNanos) {
    return unary(path, metadata, request, timeoutNanos, Runnable::run, MAX_URGENT_BYTES);
  }

  private CompletableFuture<byte[]> unary(
      String path,
      Map<String, String> metadata,
      byte[] request,
      long timeoutNanos,
      Executor executor,
      int maxMessageBytes) {
    CompletableFuture<byte[]> result = new CompletableFuture<>();
    GrpcStream stream =
        open(
            path,
            metadata,
            new GrpcStream.Listener() {
              private byte @Nullable [] answer;

              @Override
              public void message(byte[] message) {
                answer = message;
              }

              @Override
              public void ended(GrpcStatus status) {
                if (status.isOk() && answer != null) {
                  result.complete(answer);
                } else {
                  result.completeExceptionally(new GrpcException(status));
                }
              }
            },
            executor,
            maxMessageBytes);
    stream.send(request);
    stream.halfClose();
    channel
        .eventLoop()
        .schedule(
            () -> {
              if (!result.isDone()) {
                stream.cancel(new GrpcStatus(GrpcStatus.DEADLINE_EXCEEDED, "no answer in time"));
              }
            },
            timeoutNanos,
            TimeUnit.NANOSECONDS);
    return result;
  }

  /** A plain POST. Completes exceptionally if no answer comes within the time. */
  public CompletableFuture<HttpAnswer> post(
      String path, String contentType, byte[] content, long timeoutNanos) {
    HttpPost post = new HttpPost();
    Http2Headers headers =
        request(path)
            .set("content-type", contentType)
            .set("content-length", Integer.toString(content.length));
    new Http2StreamChannelBootstrap(channel)
        .handler(post)
        .open()
        .addListener(
            (Future<Http2StreamChannel> f) -> {
              if (f.isSuccess()) {
                post.send(f.getNow(), headers, content);
                post.answer.whenComplete((answer, error) -> f.getNow().close());
              } else {
                post.answer.completeExceptionally(f.cause());
              }
            });
    channel
        .eventLoop()
        .schedule(
            () -> post.answer.completeExceptionally(new IOException("no answer in time")),
            timeoutNanos,
            TimeUnit.NANOSECONDS);
    return post.answer;
  }

  public boolean isOpen() {
    return channel.isActive();
  }

  public void close() {
    channel.close();
  }

  private Http2Headers request(String path) {
    return new DefaultHttp2Headers()
        .method("POST")
        .scheme(scheme)
        .authority(authority)
        .path(path)
        .set("user-agent", "endomesh-agent");
  }
}
