package io.endomesh.instrumentation.httpclient4;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Apache HttpClient 4: the call hook on the last element of its
 * execution chain, below redirects, retries, cookies and caches and above passwords and
 * connections. It needs no hook for connections: the library asks the context of a call how they
 * are opened. Immutable.
 *
 * <p>So a redirect is a call of its own, made by the library, and the mesh sees requests with all
 * that the library and interceptors of the application have added.
 */
public final class HttpClient4Instrumentation extends Instrumentation {

  private static final String HTTP = "org.apache.http.";
  private static final String CALL = HTTP + "impl.execchain.MainClientExec";
  private static final String CONNECTION = HTTP + "impl.conn.DefaultManagedHttpClientConnection";
  private static final String RETRIES = HTTP + "impl.client.DefaultHttpRequestRetryHandler";
  private static final String PACKAGE = "io.endomesh.instrumentation.httpclient4.";

  @Override
  public String name() {
    return "apache-httpclient-4";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CALL)
            .method("execute")
            .taking(
                HTTP + "conn.routing.HttpRoute",
                HTTP + "client.methods.HttpRequestWrapper",
                HTTP + "client.protocol.HttpClientContext",
                HTTP + "client.methods.HttpExecutionAware")
            .advice(PACKAGE + "ExecuteAdvice"),
        Weave.types(CONNECTION).method("getSSLSession").taking().advice(PACKAGE + "SessionAdvice"),
        Weave.types(RETRIES)
            .method("retryRequest")
            .taking("java.io.IOException", "int", HTTP + "protocol.HttpContext")
            .advice(PACKAGE + "RetryAdvice"));
  }
}
