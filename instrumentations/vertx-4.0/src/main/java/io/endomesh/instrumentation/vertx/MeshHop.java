package io.endomesh.instrumentation.vertx;

import io.endomesh.dataplane.Call;
import io.endomesh.weaving.Weaving;
import io.vertx.core.AsyncResult;
import io.vertx.core.Future;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.http.impl.HttpClientImpl;
import org.jspecify.annotations.Nullable;

/**
 * The call hook: gives the application a request of the mesh's, or says by null that the library is
 * to go on by itself. Stateless.
 */
final class MeshHop {

  private MeshHop() {}

  static @Nullable Future<HttpClientRequest> begin(
      HttpClientImpl client, Vertx vertx, HttpMethod method, int port, String host, String uri) {
    return begin(
        client,
        vertx,
        new RequestOptions().setMethod(method).setPort(port).setHost(host).setURI(uri));
  }

  static @Nullable Future<HttpClientRequest> begin(
      HttpClientImpl client, Vertx vertx, RequestOptions options) {
    // A server that the application chose is not one that the mesh should.
    if (options instanceof AttemptOptions
        || options.getMethod() == null
        || options.getMethod().equals(HttpMethod.CONNECT)
        || Internals.server(options) != null
        || Weaving.onAgentThread()) {
      return null;
    }
    Target target = Target.of(client, options);
    if (target == null) {
      return null;
    }
    RequestView view = new RequestView(target, options.getMethod());
    Call call = Weaving.mesh().call(view);
    if (call == null) {
      return null;
    }
    return Future.succeededFuture(new MeshRequest(client, vertx, options, view, call).proxy());
  }

  static boolean tells(
      Future<HttpClientRequest> begun, Handler<AsyncResult<HttpClientRequest>> handler) {
    handler.handle(begun);
    return true;
  }
}
