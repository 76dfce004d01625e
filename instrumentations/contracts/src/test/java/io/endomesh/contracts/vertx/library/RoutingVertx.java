package io.endomesh.contracts.vertx.library;

import io.endomesh.testkit.ServerUnderTest;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/** A server of Vert.x that is routed by Vert.x Web, with the contract's applications. */
public final class RoutingVertx implements ServerUnderTest {

  private final Vertx vertx = ServingVertx.start();
  private final HttpServer server = vertx.createHttpServer().requestHandler(router());

  public RoutingVertx() {
    ServingVertx.done(server.listen(0, "127.0.0.1"));
  }

  private Router router() {
    Router router = Router.router(vertx);
    for (String name : new String[] {"admin", "public"}) {
      router.route("/" + name).handler(context -> answer(context, name));
      router.route("/" + name + "/*").handler(context -> answer(context, name));
    }
    return router;
  }

  private static void answer(RoutingContext context, String name) {
    context
        .response()
        .putHeader("x-application", name)
        .putHeader("x-path", URLEncoder.encode(context.normalizedPath(), StandardCharsets.UTF_8))
        .end();
  }

  @Override
  public int port() {
    return server.actualPort();
  }

  @Override
  public void close() {
    ServingVertx.done(server.close());
    ServingVertx.done(vertx.close());
  }
}
