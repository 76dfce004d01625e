package io.endomesh.instrumentation.netty.reactor;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Reactor Netty as a server, 1.0 to 1.3: the port it binds, who
 * routes requests, and where it finds out their scheme. Immutable. Connections and requests are
 * those of Netty's codecs, which have an instrumentation of their own.
 */
public final class ReactorServerInstrumentation extends Instrumentation {

  private static final String SERVER = "reactor.netty.http.server.";
  private static final String PACKAGE = "io.endomesh.instrumentation.netty.reactor.";

  @Override
  public String name() {
    return "reactor-netty-server";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types("reactor.netty.transport.TransportConnector")
            .method("bind")
            .takingAtLeast(4)
            .advice(PACKAGE + "BindAdvice"),
        Weave.types(SERVER + "HttpServer")
            .method("handle")
            .taking("java.util.function.BiFunction")
            .advice(PACKAGE + "HandleAdvice"),
        Weave.types(SERVER + "HttpTrafficHandler")
            .method("channelRead")
            .advice(PACKAGE + "ConnectionSchemeAdvice"),
        Weave.types(SERVER + "Http2StreamBridgeServerHandler")
            .method("channelRead")
            .advice(PACKAGE + "StreamSchemeAdvice"));
  }

  /** The part that serves HTTP may be absent. */
  @Override
  public List<String> onlyWith() {
    return List.of(SERVER + "HttpServer");
  }
}
