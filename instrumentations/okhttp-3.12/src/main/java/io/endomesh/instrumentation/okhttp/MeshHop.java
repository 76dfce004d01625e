package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.Call;
import io.endomesh.dataplane.http.BlockingHttpExchange;
import io.endomesh.dataplane.http.Sent;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: runs one hop of a call through the mesh, or says by null that the library is to go
 * on by itself. Thread-safe.
 */
final class MeshHop {

  private static final WeakIdentityMap<Throwable, Boolean> DELIVERED = new WeakIdentityMap<>();

  private MeshHop() {}

  static @Nullable Sent<Response> intercept(Interceptor.Chain chain) {
    Request request = chain.request();
    // Who upgrades a connection, as WebSockets do, takes it over from the library's own call.
    if (Weaving.onAgentThread() || request.header("Upgrade") != null) {
      return null;
    }
    CallParts parts = CallParts.of(chain.call());
    if (parts == null || parts.client().socketFactory() instanceof EndpointSockets) {
      return null;
    }
    RequestView view = new RequestView(request, chain.call().timeout());
    Call call = Weaving.mesh().call(view);
    return call == null ? null : run(call, chain.call(), new Attempts(chain, parts, view));
  }

  private static Sent<Response> run(Call call, okhttp3.Call asked, Attempts attempts) {
    BlockingHttpExchange<Response> exchange = new BlockingHttpExchange<>(call, attempts);
    UnderWay.began(asked, exchange::giveUp);
    okhttp3.Call delivered = null;
    try {
      Sent<Response> sent = exchange.run();
      delivered = attempts.delivered();
      return sent.error() instanceof IOException e
          ? failed(asked.isCanceled() ? cancelled(e) : e)
          : sent;
    } finally {
      if (delivered == null) {
        UnderWay.ended(asked);
      } else {
        UnderWay.reads(asked, delivered);
      }
    }
  }

  private static Sent<Response> failed(IOException failure) {
    DELIVERED.put(failure, true);
    return new Sent<>(null, failure);
  }

  private static IOException cancelled(IOException e) {
    // As the library says it.
    return "Canceled".equals(e.getMessage()) ? e : new IOException("Canceled", e);
  }

  /** True of a failure that a call of the mesh came to. */
  static boolean delivered(IOException failure) {
    return DELIVERED.get(failure) != null;
  }
}
