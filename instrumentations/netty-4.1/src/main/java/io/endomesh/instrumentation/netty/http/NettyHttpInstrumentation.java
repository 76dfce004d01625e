package io.endomesh.instrumentation.netty.http;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave HTTP servers made of Netty's codecs: where a codec gets into the
 * pipeline of a connection. What is in front of it and behind it is ours then. Immutable.
 */
public final class NettyHttpInstrumentation extends Instrumentation {

  @Override
  public String name() {
    return "netty-http-server";
  }

  /** Nearly all handlers call it as they are added; codecs are a few of them. */
  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types("io.netty.channel.ChannelHandlerAdapter")
            .method("handlerAdded")
            .taking("io.netty.channel.ChannelHandlerContext")
            .advice("io.endomesh.instrumentation.netty.http.HandlerAddedAdvice"));
  }

  /** Netty is used for much that is not HTTP. */
  @Override
  public List<String> onlyWith() {
    return List.of("io.netty.handler.codec.http.HttpServerCodec");
  }
}
