package io.endomesh.instrumentation.helidon;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Helidon 4 as a server: the port it binds, each connection before
 * its first byte is read, and each request in front of the application's filters, or of what takes
 * it past them. Immutable. Listeners with TLS of their own stay as they are.
 */
public final class HelidonInstrumentation extends Instrumentation {

  private static final String SERVER = "io.helidon.webserver.";
  private static final String LISTENER = SERVER + "ServerListener";
  private static final String STREAM = SERVER + "http2.Http2ServerStream";
  private static final String CONTEXT = SERVER + "ConnectionContext";
  private static final String HTTP2_HEADERS = "io.helidon.http.http2.Http2Headers";
  private static final String PACKAGE = "io.endomesh.instrumentation.helidon.";

  @Override
  public String name() {
    return "helidon";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(LISTENER).method("start").taking().advice(PACKAGE + "StartAdvice"),
        // As it goes on behind a snapshot of the JVM.
        Weave.types(LISTENER).method("resume").taking().ifPresent().advice(PACKAGE + "StartAdvice"),
        Weave.types(LISTENER).method("stop", "suspend").taking().advice(PACKAGE + "StopAdvice"),
        Weave.types(SERVER + "ConnectionHandler")
            .constructor()
            .takingAtLeast(9)
            .advice(PACKAGE + "ConnectionAdvice"),
        Weave.types("io.helidon.common.socket.PlainSocket", "io.helidon.common.socket.NioSocket")
            .method("remotePeer")
            .taking()
            .advice(PACKAGE + "PeerAdvice"),
        Weave.types(SERVER + "http1.Http1ServerRequest", SERVER + "http2.Http2ServerRequest")
            .method("remotePeer")
            .taking()
            .advice(PACKAGE + "CallerAdvice"),
        Weave.types(SERVER + "http.Filters").method("filter").advice(PACKAGE + "RequestAdvice"),
        Weave.types(SERVER + "http1.Http1ServerResponse")
            .method("nonEntityBytes")
            .advice(PACKAGE + "HeadAdvice"),
        Weave.types(STREAM)
            .method("writeHeaders")
            .taking(HTTP2_HEADERS, "boolean")
            .ifPresent()
            .advice(PACKAGE + "StreamHeadAdvice"),
        Weave.types(STREAM)
            .method("writeHeadersWithData")
            .takingAtLeast(4)
            .ifPresent()
            .advice(PACKAGE + "StreamHeadAdvice"),
        Weave.types(SERVER + "websocket.WsUpgrader", "io.helidon.microprofile.tyrus.TyrusUpgrader")
            .method("upgrade")
            .taking(CONTEXT, "io.helidon.http.HttpPrologue", "io.helidon.http.WritableHeaders")
            .ifPresent()
            .advice(PACKAGE + "UpgradeAdvice"),
        Weave.types(SERVER + "http1.Http1Connection")
            .method("handle")
            .advice(PACKAGE + "ConnectionEndAdvice"),
        Weave.types(SERVER + "grpc.GrpcProtocolSelector")
            .method("subProtocol")
            .ifPresent()
            .advice(PACKAGE + "GrpcAdvice"),
        Weave.types(STREAM).method("run").taking().ifPresent().advice(PACKAGE + "StreamEndAdvice"));
  }
}
