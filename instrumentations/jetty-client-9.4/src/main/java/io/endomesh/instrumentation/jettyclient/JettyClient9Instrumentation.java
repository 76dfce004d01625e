package io.endomesh.instrumentation.jettyclient;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave the client of Jetty 9.4: the call hook where a request enters its
 * destination, once for each hop; the address of a destination that leads to an endpoint, which
 * also needs no proxy; and the connection that an attempt goes out by. Immutable.
 */
public class JettyClient9Instrumentation extends Instrumentation {

  static final String CLIENT = "org.eclipse.jetty.client.";
  static final String PACKAGE = "io.endomesh.instrumentation.jettyclient.";

  @Override
  public String name() {
    return "jetty-client-9";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CLIENT + "HttpDestination")
            .method("send")
            .taking(CLIENT + "HttpExchange")
            .advice(PACKAGE + "SendAdvice"),
        Weave.types(CLIENT + "HttpDestination")
            .method("getConnectAddress")
            .taking()
            .advice(PACKAGE + "AddressAdvice"),
        Weave.types(CLIENT + "HttpClient")
            .method("copyRequest")
            .taking(CLIENT + "HttpRequest", "java.net.URI")
            .advice(PACKAGE + "CopyAdvice"),
        Weave.types(CLIENT + "ProxyConfiguration")
            .method("match")
            .taking(CLIENT + "Origin")
            .advice(PACKAGE + "ProxyAdvice"),
        Weave.types(CLIENT + "http.HttpConnectionOverHTTP")
            .method("send")
            .taking(CLIENT + "HttpExchange")
            .advice(PACKAGE + "ConnectionAdvice"));
  }

  /** Jetty 10 has headers that are not changed by the type that they are read by. */
  @Override
  public List<String> onlyWith() {
    return List.of(CLIENT + "http.HttpConnectionOverHTTP", "org.eclipse.jetty.http.HttpFields#put");
  }

  /** Since 9.4.25 what a connection is pooled by has a part that callers choose. */
  @Override
  public List<String> requires() {
    return List.of(CLIENT + "Origin#getTag");
  }
}
