package io.endomesh.instrumentation.urlconnection;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;
import java.util.Map;

/**
 * What has to be known to weave {@code HttpURLConnection}: the call hook where a URL hands out a
 * connection; and four below the point where the JDK has computed Host, cookies and path, for the
 * address and TLS of an attempt, for its place in the JDK's pool, for the head that goes on the
 * wire, and for the cookies of its answer. Immutable.
 */
public final class UrlConnectionInstrumentation extends Instrumentation {

  private static final String HANDLER = "sun.net.www.protocol.http.Handler";
  private static final String SECURE_HANDLER = "sun.net.www.protocol.https.Handler";
  private static final String CONNECTION = "sun.net.www.protocol.http.HttpURLConnection";
  private static final String SOCKET = "sun.net.NetworkClient";
  private static final String CLIENT = "sun.net.www.http.HttpClient";
  private static final String POOL = "sun.net.www.http.KeepAliveCache";
  private static final String HEAD = "sun.net.www.MessageHeader";
  private static final String PACKAGE = "io.endomesh.instrumentation.urlconnection.";

  @Override
  public String name() {
    return "java-url-connection";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(HANDLER)
            .method("openConnection")
            .taking("java.net.URL", "java.net.Proxy")
            .advice(PACKAGE + "OpenAdvice"),
        Weave.types(SECURE_HANDLER)
            .method("openConnection")
            .taking("java.net.URL", "java.net.Proxy")
            .advice(PACKAGE + "OpenAdvice"),
        Weave.types(SOCKET)
            .method("doConnect")
            .taking("java.lang.String", "int")
            .advice(PACKAGE + "ConnectAdvice"),
        Weave.types(POOL)
            .method("get")
            .taking("java.net.URL", "java.lang.Object")
            .advice(PACKAGE + "PoolGetAdvice"),
        Weave.types(POOL)
            .method("put")
            .taking("java.net.URL", "java.lang.Object", CLIENT)
            .advice(PACKAGE + "PoolPutAdvice"),
        Weave.types(CLIENT)
            .method("writeRequests")
            .taking(HEAD, "sun.net.www.http.PosterOutputStream", "boolean")
            .advice(PACKAGE + "WriteAdvice"),
        Weave.types(CONNECTION)
            .method("getCookieHandler")
            .taking()
            .advice(PACKAGE + "CookieHandlerAdvice"));
  }

  /** What {@link WireHead} reaches by method handles. */
  @Override
  public List<String> requires() {
    return List.of(HEAD + "#getKey", HEAD + "#set", HEAD + "#add", HEAD + "#remove");
  }

  /** For the head on the wire, see {@link WireHead}. */
  @Override
  public Map<String, List<String>> opens() {
    return Map.of("java.base", List.of("sun.net.www"));
  }
}
