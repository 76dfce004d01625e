package io.endomesh.instrumentation.undertow;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Undertow, 2.0 to 2.4: the ports that a server binds, each
 * connection before its first byte is read, and each request in front of the root handler, again
 * where it goes on, and again where a handler routes it. Immutable. Listeners with TLS of their own
 * stay as they are.
 */
public final class UndertowInstrumentation extends Instrumentation {

  private static final String SERVER = "io.undertow.Undertow";
  private static final String GRACEFUL = "io.undertow.server.handlers.GracefulShutdownHandler";
  private static final String LISTENER = "io.undertow.server.protocol.http.HttpOpenListener";
  private static final String CONNECTORS = "io.undertow.server.Connectors";
  private static final String EXCHANGE = "io.undertow.server.HttpServerExchange";
  private static final String HTTP2 = "io.undertow.server.protocol.http2.Http2ReceiveListener";
  private static final String TLS = "io.undertow.protocols.ssl.UndertowSslConnection";
  private static final String PACKAGE = "io.endomesh.instrumentation.undertow.";

  @Override
  public String name() {
    return "undertow";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(SERVER).method("start").taking().advice(PACKAGE + "StartAdvice"),
        Weave.types(SERVER).method("stop").taking().advice(PACKAGE + "StopAdvice"),
        Weave.types(GRACEFUL).method("shutdown").taking().advice(PACKAGE + "ShutdownAdvice"),
        Weave.types(GRACEFUL).method("start").taking().advice(PACKAGE + "ResumeAdvice"),
        Weave.types(LISTENER)
            .method("handleEvent")
            .taking("org.xnio.StreamConnection", "io.undertow.connector.PooledByteBuffer")
            .advice(PACKAGE + "ConnectionAdvice"),
        Weave.types(CONNECTORS).method("executeRootHandler").advice(PACKAGE + "HandleAdvice"),
        Weave.types(EXCHANGE)
            .method("dispatch")
            .taking("java.util.concurrent.Executor", "java.lang.Runnable")
            .advice(PACKAGE + "DispatchAdvice"),
        Weave.types(HTTP2).method("handleInitialRequest").advice(PACKAGE + "UpgradeAdvice"),
        Weave.types(
                "io.undertow.server.handlers.PathHandler",
                "io.undertow.server.handlers.PathTemplateHandler",
                "io.undertow.server.RoutingHandler",
                "io.undertow.servlet.handlers.ServletInitialHandler")
            .method("handleRequest")
            .taking(EXCHANGE)
            .advice(PACKAGE + "RouteAdvice"));
  }

  @Override
  public List<String> requires() {
    return List.of(
        SERVER + "#start",
        SERVER + "#stop",
        GRACEFUL + "#shutdown",
        GRACEFUL + "#start",
        LISTENER + "#handleEvent",
        CONNECTORS + "#executeRootHandler",
        EXCHANGE + "#dispatch",
        HTTP2 + "#handleInitialRequest",
        TLS + "#<init>");
  }
}
