package io.endomesh.instrumentation.asynchttpclient;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave AsyncHttpClient: the call hook where the library sends a request,
 * once for each hop; the connection hook where a connection gets its address; and who counts the
 * library's own retries. Immutable.
 */
public final class AsyncHttpClientInstrumentation extends Instrumentation {

  private static final String NETTY = "org.asynchttpclient.netty.";
  private static final String PACKAGE = "io.endomesh.instrumentation.asynchttpclient.";

  @Override
  public String name() {
    return "async-http-client";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(NETTY + "request.NettyRequestSender")
            .method("sendRequest")
            .taking(
                "org.asynchttpclient.Request",
                "org.asynchttpclient.AsyncHandler",
                NETTY + "NettyResponseFuture")
            .advice(PACKAGE + "SendAdvice"),
        Weave.types(
                NETTY + "channel.NettyChannelConnector", NETTY + "request.NettyChannelConnector")
            .constructor()
            .takingAtLeast(4)
            .advice(PACKAGE + "AddressAdvice"),
        Weave.types(NETTY + "NettyResponseFuture")
            .method("incrementRetryAndCheck")
            .taking()
            .advice(PACKAGE + "RetryAdvice"));
  }
}
