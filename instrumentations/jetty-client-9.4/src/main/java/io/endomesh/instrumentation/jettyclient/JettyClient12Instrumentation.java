package io.endomesh.instrumentation.jettyclient;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;
import java.util.Map;

/**
 * The client of Jetty 12 by the advice of 9.4: what has moved to other packages is found there, and
 * what names listeners, headers or content is compiled against 12. Immutable.
 */
public final class JettyClient12Instrumentation extends Instrumentation {

  private static final String CLIENT = JettyClient9Instrumentation.CLIENT;
  private static final String TRANSPORT = CLIENT + "transport.";
  private static final String CONNECTION = TRANSPORT + "internal.HttpConnectionOverHTTP";
  private static final String PACKAGE = JettyClient9Instrumentation.PACKAGE;

  @Override
  public String name() {
    return "jetty-client";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(TRANSPORT + "HttpDestination")
            .method("send")
            .taking(TRANSPORT + "HttpExchange")
            .advice(PACKAGE + "SendAdvice"),
        Weave.types(CLIENT + "HttpClient")
            .method("newConnection")
            .taking(CLIENT + "Destination", "org.eclipse.jetty.util.Promise")
            .advice(PACKAGE + "since12.DestinationAdvice"),
        Weave.types(CLIENT + "HttpClient")
            .method("getSocketAddressResolver")
            .taking()
            .advice(PACKAGE + "since12.ResolverAdvice"),
        Weave.types(CLIENT + "ProxyConfiguration")
            .method("match")
            .taking(CLIENT + "Origin")
            .advice(PACKAGE + "ProxyAdvice"),
        Weave.types(CONNECTION)
            .method("send")
            .taking(TRANSPORT + "HttpExchange")
            .advice(PACKAGE + "ConnectionAdvice"));
  }

  @Override
  public List<String> onlyWith() {
    return List.of(TRANSPORT + "HttpDestination");
  }

  /** On the module path: listeners of a request, and the start of its time. */
  @Override
  public Map<String, List<String>> opens() {
    return Map.of("org.eclipse.jetty.client", List.of(CLIENT + "transport", CLIENT + "internal"));
  }

  /** What is found by its name. */
  @Override
  public List<String> requires() {
    return List.of(TRANSPORT + "HttpRequest#sent", CLIENT + "internal.NotifyingRequestListeners");
  }

  @Override
  public Map<String, String> relocations() {
    return Map.of(
        PACKAGE + "before10.", PACKAGE + "since12.",
        PACKAGE + "before12.", PACKAGE + "since12.",
        CLIENT + "api.", CLIENT,
        CLIENT + "http.HttpConnectionOverHTTP", CONNECTION,
        CLIENT + "HttpDestination", TRANSPORT + "HttpDestination",
        CLIENT + "HttpExchange", TRANSPORT + "HttpExchange",
        CLIENT + "HttpRequest", TRANSPORT + "HttpRequest");
  }
}
