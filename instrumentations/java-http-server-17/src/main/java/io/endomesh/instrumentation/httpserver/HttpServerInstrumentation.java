package io.endomesh.instrumentation.httpserver;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;
import java.util.Map;

/**
 * What has to be known to weave the JDK's HTTP server: the port it binds; a connection from its
 * first byte to its end, with the two places where its bytes go through; and each request in front
 * of the application's filters, where its answer begins, and where it ends. Immutable. An {@code
 * HttpsServer} keeps its own TLS.
 */
public final class HttpServerInstrumentation extends Instrumentation {

  private static final String SERVER = "sun.net.httpserver.ServerImpl";
  private static final String DISPATCHER = SERVER + "$Dispatcher";
  private static final String CONNECTION = "sun.net.httpserver.HttpConnection";
  private static final String READ = "sun.net.httpserver.Request$ReadStream";
  private static final String WRITE = "sun.net.httpserver.Request$WriteStream";
  private static final String EXCHANGE = "sun.net.httpserver.ExchangeImpl";
  private static final String EVENT = "sun.net.httpserver.Event";
  private static final String CHAIN = "com.sun.net.httpserver.Filter$Chain";
  private static final String PACKAGE = "io.endomesh.instrumentation.httpserver.";

  @Override
  public String name() {
    return "java-http-server";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(SERVER).method("start").taking().advice(PACKAGE + "StartAdvice"),
        Weave.types(SERVER).method("stop").taking("int").advice(PACKAGE + "StopAdvice"),
        Weave.types(SERVER)
            .method("requestStarted")
            .taking(CONNECTION)
            .advice(PACKAGE + "RequestStartedAdvice"),
        Weave.types(SERVER)
            .method("markIdle")
            .taking(CONNECTION)
            .advice(PACKAGE + "MarkIdleAdvice"),
        Weave.types(DISPATCHER)
            .method("handle")
            .taking("java.nio.channels.SocketChannel", CONNECTION)
            .advice(PACKAGE + "DispatchAdvice"),
        Weave.types(CONNECTION)
            .method("setChannel")
            .taking("java.nio.channels.SocketChannel")
            .advice(PACKAGE + "AcceptAdvice"),
        Weave.types(CONNECTION).method("close").taking().advice(PACKAGE + "CloseAdvice"),
        Weave.types(READ)
            .method("read")
            .taking("byte[]", "int", "int")
            .advice(PACKAGE + "ReadAdvice"),
        Weave.types(READ).method("available").taking().advice(PACKAGE + "AvailableAdvice"),
        Weave.types(WRITE)
            .method("write")
            .taking("byte[]", "int", "int")
            .advice(PACKAGE + "WriteAdvice"),
        Weave.types(CHAIN).method("doFilter").advice(PACKAGE + "FilterAdvice"),
        Weave.types(EXCHANGE)
            .method("sendResponseHeaders")
            .taking("int", "long")
            .advice(PACKAGE + "AnswerAdvice"),
        Weave.types(EXCHANGE).method("close").taking().advice(PACKAGE + "ExchangeCloseAdvice"),
        Weave.types(EVENT).constructor().taking(EXCHANGE).advice(PACKAGE + "EventAdvice"));
  }

  @Override
  public List<String> requires() {
    return List.of(
        SERVER + "#start",
        SERVER + "#stop",
        SERVER + "#requestStarted",
        SERVER + "#markIdle",
        DISPATCHER + "#handle",
        CONNECTION + "#setChannel",
        CONNECTION + "#close",
        READ + "#read",
        READ + "#available",
        WRITE + "#write",
        CHAIN + "#doFilter",
        EXCHANGE + "#get",
        EXCHANGE + "#getConnection",
        EXCHANGE + "#sendResponseHeaders",
        EXCHANGE + "#close",
        EVENT + "#<init>");
  }

  /** For what stands behind an exchange, see {@link JdkExchange}. */
  @Override
  public Map<String, List<String>> opens() {
    return Map.of("jdk.httpserver", List.of("sun.net.httpserver"));
  }
}
