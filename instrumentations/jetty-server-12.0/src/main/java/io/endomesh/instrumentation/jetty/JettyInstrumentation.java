package io.endomesh.instrumentation.jetty;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Jetty 12 as a server: the port it binds, each connection before its
 * first byte is read, and each request before the application's handlers see it. Immutable.
 * Connectors with TLS of their own stay as they are.
 */
public final class JettyInstrumentation extends Instrumentation {

  private static final String SERVER = "org.eclipse.jetty.server.Server";
  private static final String CONNECTOR = "org.eclipse.jetty.server.ServerConnector";
  private static final String ACCEPTED = CONNECTOR + "$ServerConnectorManager";
  private static final String CONTEXT = "org.eclipse.jetty.server.handler.ContextHandler";
  private static final String SERVLETS_10 = "org.eclipse.jetty.ee10.servlet.ServletChannel";
  private static final String SERVLETS_11 = "org.eclipse.jetty.ee11.servlet.ServletChannel";
  private static final String SERVLETS_8 = "org.eclipse.jetty.ee8.nested.HttpChannel";
  private static final String SERVLETS_9 = "org.eclipse.jetty.ee9.nested.HttpChannel";
  private static final String REQUEST = "org.eclipse.jetty.server.Request";
  private static final String RESPONSE = "org.eclipse.jetty.server.Response";
  private static final String CALLBACK = "org.eclipse.jetty.util.Callback";
  private static final String PACKAGE = "io.endomesh.instrumentation.jetty.";

  @Override
  public String name() {
    return "jetty-server";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CONNECTOR).method("doStart").taking().advice(PACKAGE + "StartAdvice"),
        Weave.types(CONNECTOR).method("close").taking().advice(PACKAGE + "CloseAdvice"),
        Weave.types(ACCEPTED).method("newConnection").advice(PACKAGE + "ConnectionAdvice"),
        Weave.types("org.eclipse.jetty.server.internal.HttpChannelState")
            .method("onRequest")
            .advice(PACKAGE + "SchemeAdvice"),
        Weave.types(SERVER)
            .method("handle")
            .taking(REQUEST, RESPONSE, CALLBACK)
            .advice(PACKAGE + "HandleAdvice"),
        Weave.types(CONTEXT)
            .method("handle")
            .taking(REQUEST, RESPONSE, CALLBACK)
            .advice(PACKAGE + "ContextAdvice"),
        Weave.types(SERVLETS_10, SERVLETS_11)
            .method("handle")
            .taking()
            .ifPresent()
            .advice(PACKAGE + "ServletAdvice"),
        Weave.types(SERVLETS_8, SERVLETS_9)
            .method("handle")
            .taking()
            .ifPresent()
            .advice(PACKAGE + "NestedServletAdvice"));
  }

  /** What Jetty 12 brought: before it, requests are handled in another way, and woven by others. */
  @Override
  public List<String> onlyWith() {
    return List.of("org.eclipse.jetty.server.HttpStream$Wrapper");
  }
}
