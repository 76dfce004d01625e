package io.endomesh.contracts.netty.client;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on a channel: gathers its answer. Used by the event loop. */
class Hop extends SimpleChannelInboundHandler<HttpObject> {

  /** What is known of an answer. */
  record Result(
      int status,
      Map<String, String> headers,
      List<String> cookies,
      byte[] body,
      Map<String, String> trailers) {}

  final CompletableFuture<Result> result = new CompletableFuture<>();

  private final Consumer<Channel> reusable;
  private final @Nullable Consumer<byte[]> parts;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private @Nullable HttpResponse head;
  private CompletableFuture<Void> taken = CompletableFuture.completedFuture(null);
  private Map<String, String> trailers = Map.of();
  private boolean isWhole;

  /**
   * @param reusable gets the channel when another request may follow
   * @param parts gets the body on a thread that may wait; null gathers it
   */
  Hop(Consumer<Channel> reusable, @Nullable Consumer<byte[]> parts) {
    this.reusable = reusable;
    this.parts = parts;
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, HttpObject part) {
    if (part instanceof HttpResponse response) {
      head = response;
    }
    if (part instanceof HttpContent content) {
      byte[] bytes = new byte[content.content().readableBytes()];
      content.content().readBytes(bytes);
      take(bytes);
    }
    if (part instanceof LastHttpContent && isInterim()) {
      interim();
    } else if (part instanceof LastHttpContent last) {
      trailers = byName(last.trailingHeaders());
      isWhole = true;
    }
  }

  private void take(byte[] bytes) {
    Consumer<byte[]> to = parts;
    if (to == null) {
      body.writeBytes(bytes);
    } else if (bytes.length > 0) {
      taken = taken.thenRunAsync(() -> to.accept(bytes));
    }
  }

  /** The server wants the body now. */
  void interim() {
    // It has it.
  }

  private boolean isInterim() {
    return head != null && head.status().code() < HttpResponseStatus.OK.code();
  }

  /** No more is read before what came is taken. */
  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    taken.whenCompleteAsync(
        (done, error) -> {
          if (error != null) {
            exceptionCaught(ctx, error);
          } else if (isWhole && !ctx.isRemoved()) {
            end(ctx);
          } else {
            ctx.read();
          }
        },
        ctx.executor());
  }

  private static Map<String, String> byName(HttpHeaders all) {
    Map<String, String> first = new HashMap<>();
    all.forEach(
        header -> first.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
    return first;
  }

  private void end(ChannelHandlerContext ctx) {
    HttpResponse answer = head;
    if (answer == null) {
      throw new IllegalStateException("head: none (expected: before the body)");
    }
    ctx.pipeline().remove(this);
    if (HttpUtil.isKeepAlive(answer)) {
      reusable.accept(ctx.channel());
    } else {
      ctx.close();
    }
    result.complete(
        new Result(
            answer.status().code(),
            byName(answer.headers()),
            answer.headers().getAll("set-cookie"),
            body.toByteArray(),
            trailers));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable failure) {
    result.completeExceptionally(failure);
    ctx.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    result.completeExceptionally(new IOException("closed before the end of the answer"));
  }
}
