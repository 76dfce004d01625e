package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.http.HttpAttempt;
import io.endomesh.dataplane.http.Sent;
import java.io.IOException;
import java.net.URI;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/**
 * A copy that a mirror gets. It goes out by a client of its own, which keeps no cookies, knows no
 * passwords and follows no redirects, and whose connections are nobody else's. Not thread-safe.
 */
final class CopyRequest extends HttpUriRequestBase {

  private static final long serialVersionUID = 1;

  /** As many copies as the data plane lets be in flight to one cluster. */
  private static final int MAX_CONNECTIONS = 100;

  private static final URI ANY = URI.create("http://copy/");

  private final transient HttpAttempt copy;
  private final @Nullable String target;
  private final @Nullable String authority;

  CopyRequest(
      ClassicHttpRequest request,
      HttpAttempt copy,
      @Nullable String target,
      @Nullable String authority) {
    super(request.getMethod(), ANY);
    Messages.copy(request, this);
    this.copy = copy;
    this.target = target;
    this.authority = authority;
  }

  ClassicHttpResponse send(HttpHost asked) throws IOException {
    return Client.CLIENT.execute(asked, this, HttpClientContext.create());
  }

  /** The chain of that client has come to the point where a call would begin. */
  Sent<ClassicHttpResponse> execute(
      ExecChainHandler exec, ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) {
    AttemptRuntime runtime =
        new AttemptRuntime(
            scope.execRuntime, copy, MeshRoute.to(copy.attempt(), scope.route), target, authority);
    ExecChain.Scope own =
        new ExecChain.Scope(
            scope.exchangeId,
            scope.route,
            scope.originalRequest,
            runtime.asRuntime(),
            scope.clientContext);
    try {
      return new Sent<>(exec.execute(request, own, chain), null);
    } catch (IOException | HttpException | RuntimeException | Error e) {
      return new Sent<>(null, e);
    }
  }

  /** Made when the first copy is. */
  private static final class Client {
    static final CloseableHttpClient CLIENT = client();

    private static CloseableHttpClient client() {
      PoolingHttpClientConnectionManager connections = new PoolingHttpClientConnectionManager();
      connections.setMaxTotal(MAX_CONNECTIONS);
      connections.setDefaultMaxPerRoute(MAX_CONNECTIONS);
      return HttpClients.custom()
          .setConnectionManager(connections)
          .disableAuthCaching()
          .disableAutomaticRetries()
          .disableContentCompression()
          .disableCookieManagement()
          .disableRedirectHandling()
          .build();
    }
  }
}
