package io.endomesh.instrumentation.httpclient4;

import org.apache.http.client.config.RequestConfig;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.impl.DefaultConnectionReuseStrategy;
import org.apache.http.impl.client.DefaultConnectionKeepAliveStrategy;
import org.apache.http.impl.client.NoopUserTokenHandler;
import org.apache.http.impl.client.ProxyAuthenticationStrategy;
import org.apache.http.impl.client.TargetAuthenticationStrategy;
import org.apache.http.impl.conn.PoolingHttpClientConnectionManager;
import org.apache.http.impl.execchain.ClientExecChain;
import org.apache.http.impl.execchain.MainClientExec;
import org.apache.http.protocol.HttpRequestExecutor;
import org.apache.http.protocol.ImmutableHttpProcessor;
import org.apache.http.protocol.RequestTargetHost;

/**
 * By what copies for mirrors go out: connections that are nobody else's, and no passwords. Cookies
 * and redirects are the business of elements that are not there. Made with the first copy.
 */
final class Copies {

  /** As many as the data plane lets be in flight to one cluster. */
  private static final int MAX_CONNECTIONS = 100;

  private static final RequestConfig CONFIG =
      RequestConfig.custom().setAuthenticationEnabled(false).build();

  static final ClientExecChain EXEC = exec();

  private Copies() {}

  private static ClientExecChain exec() {
    PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
    connections.setMaxTotal(MAX_CONNECTIONS);
    connections.setDefaultMaxPerRoute(MAX_CONNECTIONS);
    return new MainClientExec(
        new HttpRequestExecutor(),
        connections,
        DefaultConnectionReuseStrategy.INSTANCE,
        DefaultConnectionKeepAliveStrategy.INSTANCE,
        new ImmutableHttpProcessor(new RequestTargetHost()),
        TargetAuthenticationStrategy.INSTANCE,
        ProxyAuthenticationStrategy.INSTANCE,
        NoopUserTokenHandler.INSTANCE);
  }

  static HttpClientContext context() {
    HttpClientContext context = HttpClientContext.create();
    context.setRequestConfig(CONFIG);
    return context;
  }
}
