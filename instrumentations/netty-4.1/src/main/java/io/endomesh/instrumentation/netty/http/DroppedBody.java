package io.endomesh.instrumentation.netty.http;

import io.endomesh.dataplane.http.UnreadBody;
import io.netty.buffer.ByteBufHolder;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;

/**
 * An {@link UnreadBody}, of which parts come as Netty reads them. Used by the connection's event
 * loop.
 */
final class DroppedBody {

  private final ChannelFuture refusal;
  private final boolean comes;
  private final boolean keepsAlive;
  private long bytes;

  /**
   * @param request refused, its head
   * @param refusal done when it is written
   * @param endsConnection whatever the request says
   */
  DroppedBody(HttpRequest request, ChannelFuture refusal, boolean endsConnection) {
    this.refusal = refusal;
    this.comes = comes(request);
    this.keepsAlive = keepsAlive(request) && !endsConnection;
  }

  /** Not of a caller that waits to be told to send it, nor behind a head that nobody understood. */
  private static boolean comes(HttpRequest request) {
    return request.decoderResult().isSuccess()
        && !request.headers().contains(HttpHeaderNames.EXPECT);
  }

  /** True if another request may follow. */
  static boolean keepsAlive(HttpRequest request) {
    return comes(request) && HttpUtil.isKeepAlive(request);
  }

  /**
   * @param part of the request, its head first; released
   * @return true if it was the last
   */
  boolean drop(Object part) {
    bytes += part instanceof ByteBufHolder body ? body.content().readableBytes() : 0;
    boolean isLast = part instanceof LastHttpContent || !comes;
    ReferenceCountUtil.release(part);
    if (isLast && !keepsAlive || bytes > UnreadBody.MOST_BYTES) {
      refusal.addListener(ChannelFutureListener.CLOSE);
    }
    return isLast;
  }
}
