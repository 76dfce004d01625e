package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.AsyncCall;
import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.AsyncHttpExchange;
import io.endomesh.weaving.Weaving;
import org.apache.hc.client5.http.async.AsyncExecCallback;
import org.apache.hc.core5.concurrent.CancellableDependency;
import org.jspecify.annotations.Nullable;

/**
 * The asynchronous call hook: begins a call through the mesh, or says by null that the library is
 * to go on by itself. Thread-safe.
 */
final class AsyncExecution {

  /** Of the client that speaks HTTP/2 only; it has a pool that knows no routes. */
  private static final String HTTP2_ONLY = "InternalH2AsyncExecRuntime";

  private AsyncExecution() {}

  static @Nullable Begun execute(Rest rest, Hop hop, AsyncExecCallback callback) {
    if (AsyncRuntime.is(hop.scope().execRuntime)
        || hop.scope().execRuntime.getClass().getSimpleName().equals(HTTP2_ONLY)
        || Weaving.onAgentThread()) {
      return null;
    }
    if (hop.scope().originalRequest instanceof AsyncCopy copy) {
      copy.execute(rest, hop, callback);
      return new Begun(null);
    }
    RequestView view =
        RequestView.of(
            hop.request(),
            hop.scope().route,
            hop.scope().clientContext,
            hop.body() == null || hop.body().isRepeatable());
    Call call = view == null ? null : Weaving.mesh().call(view);
    return view == null || call == null
        ? null
        : begin(
            call, view, new AsyncAttempts(rest, hop, view, new Application(call, hop, callback)));
  }

  private static Begun begin(Call call, RequestView view, AsyncAttempts attempts) {
    AsyncCall<AsyncAnswer> running = AsyncCall.start(call, new AsyncHttpExchange<>(view, attempts));
    Throwable thrown = attempts.thrown();
    if (thrown != null && running.isCompletedExceptionally()) {
      attempts.over();
      return new Begun(thrown);
    }
    CancellableDependency application = attempts.cancelledBy();
    application.setDependency(
        () -> {
          // Also run if the call is over already: there is nothing to be cancelled then.
          if (application.isCancelled()) {
            running.cancel(true);
            attempts.cancel();
          }
          return true;
        });
    running.whenComplete(attempts::end);
    return new Begun(null);
  }
}
