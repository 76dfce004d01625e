package io.endomesh.instrumentation.httpclient;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave the JDK's HTTP client: the call hook on {@code send} and {@code
 * sendAsync}, the connection hook on the address of a request. Immutable.
 *
 * <p>{@code HttpClientFacade}, which applications hold, only delegates and is left alone.
 */
public final class HttpClientInstrumentation extends Instrumentation {

  private static final String CLIENT = "jdk.internal.net.http.HttpClientImpl";
  private static final String REQUEST = "jdk.internal.net.http.HttpRequestImpl";
  private static final String WEB_SOCKET = "jdk.internal.net.http.websocket.OpeningHandshake";
  private static final String PACKAGE = "io.endomesh.instrumentation.httpclient.";

  @Override
  public String name() {
    return "java-http-client";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CLIENT)
            .method("send")
            .taking("java.net.http.HttpRequest", "java.net.http.HttpResponse$BodyHandler")
            .advice(PACKAGE + "SendAdvice"),
        // The two-argument form calls this one.
        Weave.types(CLIENT)
            .method("sendAsync")
            .taking(
                "java.net.http.HttpRequest",
                "java.net.http.HttpResponse$BodyHandler",
                "java.net.http.HttpResponse$PushPromiseHandler")
            .advice(PACKAGE + "SendAsyncAdvice"),
        // Since JDK 21; close() calls them.
        Weave.types(CLIENT)
            .method("shutdown")
            .taking()
            .ifPresent()
            .advice(PACKAGE + "ShutdownAdvice"),
        Weave.types(CLIENT)
            .method("shutdownNow")
            .taking()
            .ifPresent()
            .advice(PACKAGE + "ShutdownNowAdvice"),
        Weave.types(REQUEST).method("getAddress").taking().advice(PACKAGE + "AddressAdvice"),
        Weave.types(WEB_SOCKET).method("send").taking().advice(PACKAGE + "WebSocketAdvice"));
  }
}
