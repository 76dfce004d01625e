package io.endomesh.instrumentation.netty.client;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave HTTP clients made of Netty's codecs: where a {@code Bootstrap} is
 * about to ask DNS, with the pipeline of the application in place, and what a channel says of
 * itself that has no connection of its own. Immutable.
 */
public final class NettyHttpClientInstrumentation extends Instrumentation {

  private static final String BOOTSTRAP = "io.netty.bootstrap.Bootstrap";
  private static final String PIPELINE = "io.netty.channel.DefaultChannelPipeline";
  private static final String CHANNEL = "io.netty.channel.Channel";
  private static final String PROMISE = "io.netty.channel.ChannelPromise";
  private static final String ADDRESS = "java.net.SocketAddress";
  private static final String OBJECT = "java.lang.Object";
  private static final String PACKAGE = "io.endomesh.instrumentation.netty.client.";

  @Override
  public String name() {
    return "netty-http-client";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(BOOTSTRAP).method("init").taking(CHANNEL).advice(PACKAGE + "InitAdvice"),
        Weave.types(BOOTSTRAP)
            .method("doResolveAndConnect0")
            .taking(CHANNEL, ADDRESS, ADDRESS, PROMISE)
            .advice(PACKAGE + "ConnectAdvice"),
        Weave.types(PIPELINE)
            .method("write", "writeAndFlush")
            .taking(OBJECT)
            .advice(PACKAGE + "WriteAdvice"),
        Weave.types(PIPELINE)
            .method("write", "writeAndFlush")
            .taking(OBJECT, PROMISE)
            .advice(PACKAGE + "WriteAdvice"),
        transports("isActive").advice(PACKAGE + "ActiveAdvice"),
        transports("remoteAddress0", "localAddress0").advice(PACKAGE + "AddressAdvice"));
  }

  private static Weave.Builder transports(String... methods) {
    return Weave.types(Transports.NAMES.toArray(String[]::new)).method(methods).taking();
  }

  /** Netty is used for much that is not HTTP. */
  @Override
  public List<String> onlyWith() {
    return List.of("io.netty.handler.codec.http.HttpClientCodec");
  }
}
