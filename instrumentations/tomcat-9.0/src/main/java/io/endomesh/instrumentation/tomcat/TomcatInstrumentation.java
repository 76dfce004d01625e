package io.endomesh.instrumentation.tomcat;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Tomcat's NIO connector, 9.0 to 11.0: the port it binds, each
 * connection before its first byte is read, each request before the application sees it, and the
 * applications as they come and go. Immutable. NIO2 and APR connectors stay as they are, and so do
 * connectors with TLS of their own.
 */
public final class TomcatInstrumentation extends Instrumentation {

  private static final String ADAPTER = "org.apache.catalina.connector.CoyoteAdapter";
  private static final String COYOTE_REQUEST = "org.apache.coyote.Request";
  private static final String COYOTE_RESPONSE = "org.apache.coyote.Response";
  private static final String CONTEXT = "org.apache.catalina.core.StandardContext";
  private static final String LOADER = "org.apache.catalina.loader.WebappLoader";
  private static final String ENDPOINT = "org.apache.tomcat.util.net.NioEndpoint";
  private static final String PROTOCOL = "org.apache.coyote.AbstractProtocol";
  private static final String PROCESSOR = "org.apache.coyote.AbstractProcessor";
  private static final String ACTION = "org.apache.coyote.ActionCode";
  private static final String PACKAGE = "io.endomesh.instrumentation.tomcat.";

  @Override
  public String name() {
    return "tomcat";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(PROTOCOL).method("start").taking().advice(PACKAGE + "StartAdvice"),
        Weave.types(PROTOCOL)
            .method("pause", "stop", "closeServerSocketGraceful")
            .taking()
            .advice(PACKAGE + "StopAdvice"),
        Weave.types(PROTOCOL).method("resume").taking().advice(PACKAGE + "ResumeAdvice"),
        Weave.types(ENDPOINT)
            .method("setSocketOptions")
            .taking("java.nio.channels.SocketChannel")
            .advice(PACKAGE + "AcceptAdvice"),
        Weave.types("org.apache.coyote.http11.AbstractHttp11Protocol")
            .method("getNegotiatedProtocol")
            .taking("java.lang.String")
            .advice(PACKAGE + "NegotiatedAdvice"),
        Weave.types("org.apache.coyote.http2.Stream")
            .method("emitHeader")
            .taking("java.lang.String", "java.lang.String")
            .ifPresent()
            .advice(PACKAGE + "StreamSchemeAdvice"),
        Weave.types(ADAPTER)
            .method("service")
            .taking(COYOTE_REQUEST, COYOTE_RESPONSE)
            .advice(PACKAGE + "ServiceAdvice"),
        Weave.types(ADAPTER).method("postParseRequest").advice(PACKAGE + "RequestAdvice"),
        Weave.types(ADAPTER).method("asyncDispatch").advice(PACKAGE + "AsyncDispatchAdvice"),
        Weave.types(PROCESSOR)
            .method("action")
            .taking(ACTION, "java.lang.Object")
            .advice(PACKAGE + "CommitAdvice"),
        Weave.types(COYOTE_REQUEST).method("updateCounters").taking().advice(PACKAGE + "EndAdvice"),
        Weave.types(LOADER).method("startInternal").taking().advice(PACKAGE + "LoaderStartAdvice"),
        Weave.types(LOADER).method("stopInternal").taking().advice(PACKAGE + "LoaderStopAdvice"),
        Weave.types(CONTEXT)
            .method("startInternal")
            .taking()
            .advice(PACKAGE + "ContextStartAdvice"),
        Weave.types(CONTEXT).method("stopInternal").taking().advice(PACKAGE + "ContextStopAdvice"));
  }
}
