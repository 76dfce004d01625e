package io.endomesh.instrumentation.jetty9;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Jetty 9.4 as a server: the port it binds, each connection before
 * its first byte is read, and each request before the application's handlers see it, where its
 * answer begins, and where it ends. Immutable. Connectors with TLS of their own stay as they are.
 */
public class Jetty9Instrumentation extends Instrumentation {

  private static final String SERVER = "org.eclipse.jetty.server.Server";
  private static final String CONNECTOR = "org.eclipse.jetty.server.ServerConnector";
  private static final String ACCEPTED = CONNECTOR + "$ServerConnectorManager";
  private static final String CONTEXT = "org.eclipse.jetty.server.handler.ContextHandler";
  private static final String CHANNEL = "org.eclipse.jetty.server.HttpChannel";
  private static final String RESPONSE = "org.eclipse.jetty.server.Response";
  private static final String PACKAGE = "io.endomesh.instrumentation.jetty9.";

  @Override
  public String name() {
    return "jetty-server-9";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CONNECTOR).method("doStart").taking().advice(PACKAGE + "StartAdvice"),
        Weave.types(CONNECTOR).method("close").taking().advice(PACKAGE + "CloseAdvice"),
        Weave.types(ACCEPTED).method("newConnection").advice(PACKAGE + "ConnectionAdvice"),
        Weave.types(SERVER).method("handle").taking(CHANNEL).advice(PACKAGE + "HandleAdvice"),
        Weave.types(SERVER)
            .method("handleAsync")
            .taking(CHANNEL)
            .advice(PACKAGE + "HandleAsyncAdvice"),
        Weave.types(CONTEXT).method("doScope").advice(PACKAGE + "ContextAdvice"),
        Weave.types(RESPONSE)
            .method("newResponseMetaData")
            .taking()
            .advice(PACKAGE + "ResponseAdvice"),
        Weave.types(CHANNEL)
            .method("commit")
            .taking("org.eclipse.jetty.http.MetaData$Response")
            .advice(PACKAGE + "CommitAdvice"),
        Weave.types(CHANNEL)
            .method("abort")
            .taking("java.lang.Throwable")
            .advice(PACKAGE + "AbortAdvice"),
        Weave.types(CHANNEL).method("onCompleted").taking().advice(PACKAGE + "CompletedAdvice"));
  }

  /** Jetty 10 has headers that are not changed by the type that they are read by. */
  @Override
  public List<String> onlyWith() {
    return List.of("org.eclipse.jetty.http.HttpFields#put");
  }

  /** Since 9.4.20 a TLS connection takes bytes read before it, see {@link FirstByteConnection}. */
  @Override
  public List<String> requires() {
    return List.of("org.eclipse.jetty.io.ssl.SslConnection#onUpgradeTo");
  }
}
