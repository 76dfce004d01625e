package io.endomesh.xds.http2;

import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2ResetFrame;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One gRPC call, with any number of messages each way. Thread-safe: everything is handed to the
 * event loop; the listener is called by the executor it was given with.
 */
public final class GrpcStream {

  /** Told what arrives; {@link #ended} comes exactly once, last. */
  public interface Listener {
    void message(byte[] message);

    void ended(GrpcStatus status);
  }

  private final int maxMessageBytes;
  private final EventLoop loop;
  private final Executor callbacks;
  private final Listener listener;

  // Used on the event loop only.
  private final Queue<Object> beforeOpen = new ArrayDeque<>();
  private @Nullable Channel channel;
  private boolean ended;

  GrpcStream(EventLoop loop, Executor callbacks, Listener listener, int maxMessageBytes) {
    this.maxMessageBytes = maxMessageBytes;
    this.loop = loop;
    this.callbacks = callbacks;
    this.listener = listener;
  }

  public void send(byte[] message) {
    loop.execute(
        () ->
            write(
                new DefaultHttp2DataFrame(
                    GrpcFrames.frame(UnpooledByteBufAllocator.DEFAULT, message))));
  }

  /** No more messages from us. */
  public void halfClose() {
    loop.execute(() -> write(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true)));
  }

  public void cancel() {
    cancel(GrpcStatus.unavailable("cancelled here"));
  }

  /** Ends the call on both sides, with this status on ours. */
  void cancel(GrpcStatus status) {
    loop.execute(
        () -> {
          end(status);
          if (channel != null) {
            // A stream that is closed before its end is reset, with code CANCEL.
            channel.close();
          }
        });
  }

  void opened(Channel opened, Http2Headers headers) {
    channel = opened;
    if (ended) {
      opened.close();
      return;
    }
    opened.write(new DefaultHttp2HeadersFrame(headers));
    for (Object frame = beforeOpen.poll(); frame != null; frame = beforeOpen.poll()) {
      opened.write(frame);
    }
    opened.flush();
  }

  void end(GrpcStatus status) {
    if (!ended) {
      ended = true;
      for (Object frame = beforeOpen.poll(); frame != null; frame = beforeOpen.poll()) {
        ReferenceCountUtil.release(frame);
      }
      callbacks.execute(() -> listener.ended(status));
    }
  }

  private void write(Object frame) {
    if (ended) {
      ReferenceCountUtil.release(frame);
    } else if (channel == null) {
      beforeOpen.add(frame);
    } else {
      channel.writeAndFlush(frame);
    }
  }

  /** What the peer sends on this stream. */
  final class Handler extends ChannelInboundHandlerAdapter {

    private @Nullable GrpcFrames frames;
    private int httpStatus;

    @Override
    public void channelRead(ChannelHandlerContext context, Object frame) {
      try {
        if (frame instanceof Http2HeadersFrame headers) {
          headers(context, headers);
        } else if (frame instanceof Http2DataFrame data) {
          data(context, data);
        } else if (frame instanceof Http2ResetFrame reset) {
          end(GrpcStatus.unavailable("the server reset the stream, code " + reset.errorCode()));
        }
      } finally {
        ReferenceCountUtil.release(frame);
      }
    }

    private void headers(ChannelHandlerContext context, Http2HeadersFrame frame) {
      Http2Headers headers = frame.headers();
      if (headers.status() != null) {
        httpStatus = Integer.parseInt(headers.status().toString());
      }
      CharSequence status = headers.get("grpc-status");
      if (status != null || frame.isEndStream()) {
        end(GrpcStatus.of(status, headers.get("grpc-message"), httpStatus));
        context.close();
      }
    }

    private void data(ChannelHandlerContext context, Http2DataFrame data) {
      if (ended) {
        return;
      }
      if (frames == null) {
        frames = new GrpcFrames(context.alloc(), maxMessageBytes);
      }
      frames.add(data.content());
      try {
        for (byte[] message = frames.next(); message != null; message = frames.next()) {
          byte[] whole = message;
          callbacks.execute(() -> listener.message(whole));
        }
      } catch (IllegalArgumentException malformed) {
        end(new GrpcStatus(GrpcStatus.INTERNAL, String.valueOf(malformed.getMessage())));
        context.close();
        return;
      }
      if (data.isEndStream()) {
        end(GrpcStatus.of(null, null, httpStatus));
      }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
      end(GrpcStatus.unavailable("connection lost"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
      end(GrpcStatus.unavailable(String.valueOf(cause.getMessage())));
      context.close();
    }

    @Override
    public void handlerRemoved(ChannelHandlerContext context) {
      if (frames != null) {
        frames.release();
        frames = null;
      }
    }
  }
}
