package io.endomesh.instrumentation.netty.vertx;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Vert.x as a server, 4.0 to 5.2: the port it binds, who routes
 * requests, where it finds out their scheme, and its HTTP/2, for which it has a codec of its own.
 * Immutable. First bytes and HTTP/1.1 are those of Netty's codecs, which have an instrumentation of
 * their own.
 */
public final class VertxServerInstrumentation extends Instrumentation {

  private static final String HTTP = "io.vertx.core.http.impl.";

  /** Since 5.1. */
  private static final String TCP = HTTP + "tcp.";

  private static final String CODEC = HTTP + "http2.codec.";
  private static final String NET = "io.vertx.core.net.impl.";
  private static final String ADDRESS = "io.vertx.core.net.SocketAddress";
  private static final String PACKAGE = "io.endomesh.instrumentation.netty.vertx.";

  @Override
  public String name() {
    return "vertx-server";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(HTTP + "HttpServerImpl")
            .method("listen")
            .taking(ADDRESS)
            .ifPresent()
            .advice(PACKAGE + "ListenAdvice"),
        Weave.types(TCP + "TcpHttpServer")
            .method("listen")
            .taking("io.vertx.core.internal.ContextInternal", ADDRESS)
            .ifPresent()
            .advice(PACKAGE + "TcpListenAdvice"),
        Weave.types(HTTP + "HttpServerImpl", TCP + "TcpHttpServer")
            .method("close", "shutdown")
            .advice(PACKAGE + "CloseAdvice"),
        Weave.types(
                HTTP + "HttpServerWorker",
                HTTP + "HttpServerConnectionInitializer",
                TCP + "HttpServerConnectionInitializer")
            .method("configurePipeline")
            .takingAtLeast(1)
            .advice(PACKAGE + "PipelineAdvice"),
        Weave.types("io.vertx.ext.web.impl.RouteImpl")
            .method("useNormalizedPath")
            .taking("boolean")
            .ifPresent()
            .advice(PACKAGE + "RouteAdvice"),
        Weave.types(NET + "ConnectionBase").method("isSsl").advice(PACKAGE + "SchemeAdvice"),
        Weave.types(NET + "ConnectionBase", NET + "VertxConnection")
            .method("supportsFileRegion")
            .advice(PACKAGE + "FileAdvice"),
        Weave.types(HTTP + "Http2ServerConnection", CODEC + "Http2ServerConnectionImpl")
            .method("onHeadersRead")
            .taking(
                "int",
                "io.netty.handler.codec.http2.Http2Headers",
                "io.vertx.core.http.StreamPriority",
                "boolean")
            .advice(PACKAGE + "HeadersReadAdvice"),
        Weave.types(HTTP + "Http2ConnectionBase", CODEC + "Http2ConnectionImpl")
            .method("onDataRead")
            .takingAtLeast(5)
            .advice(PACKAGE + "DataReadAdvice"),
        Weave.types(HTTP + "VertxHttp2ConnectionHandler", CODEC + "VertxHttp2ConnectionHandler")
            .method("writeHeaders", "writeData")
            .takingAtLeast(4)
            .advice(PACKAGE + "WriteAdvice"));
  }

  /** Netty is used without it. */
  @Override
  public List<String> onlyWith() {
    return List.of("io.vertx.core.http.HttpServer");
  }
}
