package io.endomesh.instrumentation.httpclient5;

import io.endomesh.weaving.Instrumentation;
import io.endomesh.weaving.Weave;
import java.util.List;

/**
 * What has to be known to weave Apache HttpClient 5: the call hook on the element of its execution
 * chain that stands below retries and redirects and above cookies and connections, the connection
 * hook where a connection gets its socket. Immutable.
 *
 * <p>So a redirect is a call of its own, made by the library, and every client that is built has
 * the hook, whichever elements it was built without.
 */
public final class HttpClient5Instrumentation extends Instrumentation {

  private static final String CLIENT = "org.apache.hc.client5.http.";
  private static final String CALL = CLIENT + "impl.classic.ProtocolExec";
  private static final String CONNECTION = CLIENT + "impl.io.DefaultManagedHttpClientConnection";
  private static final String ASYNC_CALL = CLIENT + "impl.async.AsyncProtocolExec";
  private static final String ASYNC_CONNECTION =
      CLIENT + "impl.nio.DefaultAsyncClientConnectionOperator";
  private static final String RETRIES = CLIENT + "impl.DefaultHttpRequestRetryStrategy";
  private static final String PACKAGE = "io.endomesh.instrumentation.httpclient5.";

  @Override
  public String name() {
    return "apache-httpclient-5";
  }

  @Override
  public List<Weave> weaves() {
    return List.of(
        Weave.types(CALL)
            .method("execute")
            .taking(
                "org.apache.hc.core5.http.ClassicHttpRequest",
                CLIENT + "classic.ExecChain$Scope",
                CLIENT + "classic.ExecChain")
            .advice(PACKAGE + "ExecuteAdvice"),
        Weave.types(CONNECTION)
            .method("bind")
            .taking("java.net.Socket")
            .advice(PACKAGE + "BindAdvice"),
        Weave.types(CONNECTION).method("getSSLSession").taking().advice(PACKAGE + "SessionAdvice"),
        Weave.types(ASYNC_CALL)
            .method("execute")
            .taking(
                "org.apache.hc.core5.http.HttpRequest",
                "org.apache.hc.core5.http.nio.AsyncEntityProducer",
                CLIENT + "async.AsyncExecChain$Scope",
                CLIENT + "async.AsyncExecChain",
                CLIENT + "async.AsyncExecCallback")
            .advice(PACKAGE + "AsyncExecuteAdvice"),
        Weave.types(ASYNC_CONNECTION).method("connect").advice(PACKAGE + "ConnectAdvice"),
        Weave.types(RETRIES).method("retryRequest").advice(PACKAGE + "RetryAdvice"));
  }

  @Override
  public List<String> requires() {
    return List.of(
        CALL + "#execute",
        CONNECTION + "#bind",
        CONNECTION + "#getSSLSession",
        ASYNC_CALL + "#execute",
        ASYNC_CONNECTION + "#connect",
        RETRIES + "#retryRequest");
  }
}
