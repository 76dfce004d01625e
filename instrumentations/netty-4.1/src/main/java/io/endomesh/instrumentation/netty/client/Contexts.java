package io.endomesh.instrumentation.netty.client;

import io.endomesh.dataplane.CallContext;
import io.endomesh.weaving.WeakIdentityMap;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AttributeKey;
import org.jspecify.annotations.Nullable;

/**
 * Which served call a request is made for: what is written is handed to the event loop, which knows
 * nothing of it. Thread-safe.
 */
final class Contexts {

  /** Of whoever opened a channel, until its first request. */
  private static final AttributeKey<CallContext> OPENED_FOR =
      AttributeKey.valueOf("io.endomesh.opened-for");

  /** Of whoever wrote a request on another thread than the event loop. */
  private static final WeakIdentityMap<HttpRequest, CallContext> WRITTEN_FOR =
      new WeakIdentityMap<>();

  private Contexts() {}

  static void connectedBy(Channel channel) {
    CallContext current = CallContext.current();
    if (current != CallContext.EMPTY) {
      channel.attr(OPENED_FOR).set(current);
    }
  }

  static void written(Channel channel, Object message) {
    if (message instanceof HttpRequest request
        && MeshedConnection.of(channel) != null
        && !channel.eventLoop().inEventLoop()) {
      CallContext current = CallContext.current();
      if (current != CallContext.EMPTY) {
        WRITTEN_FOR.put(request, current);
      }
    }
  }

  /** The one of whoever opened the channel, who has it no more then. */
  static CallContext takeOpenedFor(Channel channel) {
    if (!channel.hasAttr(OPENED_FOR)) {
      return CallContext.EMPTY;
    }
    @Nullable CallContext opened = channel.attr(OPENED_FOR).getAndSet(null);
    return opened == null ? CallContext.EMPTY : opened;
  }

  /**
   * @param opened for requests that were written by nobody in particular
   */
  static CallContext take(HttpRequest request, CallContext opened) {
    CallContext written = WRITTEN_FOR.isEmpty() ? null : WRITTEN_FOR.remove(request);
    if (written != null) {
      return written;
    }
    CallContext current = CallContext.current();
    return current == CallContext.EMPTY ? opened : current;
  }
}
