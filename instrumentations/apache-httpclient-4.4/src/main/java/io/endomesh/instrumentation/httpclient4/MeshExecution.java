package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.BlockingHttpExchange;
import io.endomesh.dataplane.http.Sent;
import io.endomesh.weaving.Weaving;
import org.apache.http.HttpHost;
import org.apache.http.client.methods.CloseableHttpResponse;
import org.apache.http.client.methods.HttpExecutionAware;
import org.apache.http.client.methods.HttpRequestWrapper;
import org.apache.http.client.protocol.HttpClientContext;
import org.apache.http.conn.routing.HttpRoute;
import org.apache.http.impl.execchain.ClientExecChain;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: runs a call through the mesh, or says by null that the library is to go on by
 * itself. Thread-safe.
 */
final class MeshExecution {

  private MeshExecution() {}

  /**
   * @param abortedBy what the application aborts the call by, null if it cannot
   */
  static @Nullable Sent<CloseableHttpResponse> execute(
      ClientExecChain exec,
      HttpRoute route,
      HttpRequestWrapper request,
      HttpClientContext context,
      @Nullable HttpExecutionAware abortedBy) {
    if (context.getAttribute(AttemptContext.MARK) != null || Weaving.onAgentThread()) {
      return null;
    }
    HttpHost target = context.getTargetHost();
    RequestView view =
        RequestView.of(
            route,
            request,
            target == null ? route.getTargetHost() : target,
            /* replayable= */ true);
    Call call = view == null ? null : Weaving.mesh().call(view);
    if (view == null || call == null) {
      return null;
    }
    BlockingHttpExchange<CloseableHttpResponse> exchange =
        new BlockingHttpExchange<>(call, new Attempts(exec, route, request, context, view));
    if (abortedBy != null) {
      abortedBy.setCancellable(
          () -> {
            exchange.cancel();
            return true;
          });
      // Before 4.5 one that is aborted already forgets what it is given.
      if (abortedBy.isAborted()) {
        exchange.giveUp();
      }
    }
    Sent<CloseableHttpResponse> sent = exchange.run();
    if (sent.error() != null) {
      RetryAdvice.failed(context, sent.error());
    }
    return sent;
  }
}
