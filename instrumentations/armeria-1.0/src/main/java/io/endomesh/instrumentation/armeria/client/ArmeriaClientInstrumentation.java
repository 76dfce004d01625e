package io.endomesh.instrumentation.armeria.client;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Armeria as a client: where each request goes that has passed all
 * decorators, whoever made the client, and where a connection begins. Immutable.
 */
public final class ArmeriaClientInstrumentation extends Instrumentation {

  private static final String CLIENT = "com.linecorp.armeria.client.";
  private static final String DELEGATE = CLIENT + "HttpClientDelegate";
  private static final String PACKAGE = "io.endomesh.instrumentation.armeria.client.";

  @Override
  public String name() {
    return "armeria-client";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(DELEGATE)
            .method("execute")
            .taking(CLIENT + "ClientRequestContext", "com.linecorp.armeria.common.HttpRequest")
            .advice(PACKAGE + "ExecuteAdvice"),
        Weave.types(CLIENT + "HttpClientPipelineConfigurator")
            .method("connect")
            .takingAtLeast(4)
            .advice(PACKAGE + "ConnectAdvice"),
        // The oldest pool connections by the Host header.
        Weave.types(DELEGATE)
            .method("extractHost")
            .takingAtLeast(3)
            .ifPresent()
            .advice(PACKAGE + "PooledHostAdvice"),
        Weave.types(DELEGATE).method("getProxyConfig").ifPresent().advice(PACKAGE + "ProxyAdvice"),
        Weave.types(DELEGATE)
            .method("resolveProxyConfig")
            .takingAtLeast(4)
            .ifPresent()
            .advice(PACKAGE + "ResolvedProxyAdvice"));
  }
}
