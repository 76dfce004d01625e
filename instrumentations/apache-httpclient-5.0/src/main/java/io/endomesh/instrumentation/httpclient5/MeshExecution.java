package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.BlockingHttpExchange;
import io.endomesh.dataplane.http.Sent;
import io.endomesh.weaving.Weaving;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: runs a call through the mesh, or says by null that the library is to go on by
 * itself. Thread-safe.
 */
final class MeshExecution {

  private MeshExecution() {}

  static @Nullable Sent<ClassicHttpResponse> execute(
      ExecChainHandler exec, ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain) {
    if (AttemptRuntime.is(scope.execRuntime) || Weaving.onAgentThread()) {
      return null;
    }
    if (scope.originalRequest instanceof CopyRequest copy) {
      return copy.execute(exec, request, scope, chain);
    }
    HttpEntity body = request.getEntity();
    RequestView view =
        RequestView.of(
            request, scope.route, scope.clientContext, body == null || body.isRepeatable());
    Call call = view == null ? null : Weaving.mesh().call(view);
    return view == null || call == null
        ? null
        : run(call, new Attempts(exec, request, scope, chain, view), scope);
  }

  private static Sent<ClassicHttpResponse> run(
      Call call, Attempts attempts, ExecChain.Scope scope) {
    BlockingHttpExchange<ClassicHttpResponse> exchange = new BlockingHttpExchange<>(call, attempts);
    CancellableDependency cancelledBy = Cancelled.by(scope);
    if (cancelledBy != null) {
      cancelledBy.setDependency(
          () -> {
            exchange.cancel();
            return true;
          });
    }
    Sent<ClassicHttpResponse> sent = exchange.run();
    Object result = sent.response() == null ? sent.error() : sent.response();
    if (result != null) {
      Decided.by(scope.clientContext, result);
    }
    return sent;
  }
}
