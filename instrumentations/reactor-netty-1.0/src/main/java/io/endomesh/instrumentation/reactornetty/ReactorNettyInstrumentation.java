package io.endomesh.instrumentation.reactornetty;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Reactor Netty: the one place where the library would take a
 * connection for one hop of a call, below redirects, above its pools. Immutable.
 */
public final class ReactorNettyInstrumentation extends Instrumentation {

  private static final String CLIENT = "reactor.netty.http.client.";
  private static final String CONNECTIONS = CLIENT + "HttpConnectionProvider";
  private static final String PACKAGE = "io.endomesh.instrumentation.reactornetty.";

  @Override
  public String name() {
    return "reactor-netty";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CONNECTIONS)
            .method("acquire")
            .taking(
                "reactor.netty.transport.TransportConfig",
                "reactor.netty.ConnectionObserver",
                "java.util.function.Supplier",
                "io.netty.resolver.AddressResolverGroup")
            .advice(PACKAGE + "AcquireAdvice"));
  }

  @Override
  public List<String> requires() {
    return List.of(
        CLIENT + "HttpClientConnect$HttpClientHandler", CLIENT + "UriEndpoint#getRemoteAddress");
  }
}
