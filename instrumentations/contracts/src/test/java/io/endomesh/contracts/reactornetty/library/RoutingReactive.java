package io.endomesh.contracts.reactornetty.library;

import io.endomesh.testkit.ServerUnderTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.reactivestreams.Publisher;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A server of Reactor Netty with routes of its own: {@code /admin} and {@code /public} with all
 * below them. Thread-safe.
 */
public final class RoutingReactive implements ServerUnderTest {

  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .route(
              routes -> {
                for (String name : new String[] {"admin", "public"}) {
                  routes
                      .get("/" + name, (request, response) -> answer(request, response, name))
                      .get(
                          "/" + name + "/**",
                          (request, response) -> answer(request, response, name));
                }
              })
          .bindNow();

  /** The path as its routes compare it: without host and query. */
  private static Publisher<Void> answer(
      HttpServerRequest request, HttpServerResponse response, String name) {
    String path = request.uri().replaceFirst("^http://[^/]*", "");
    int query = path.indexOf('?');
    path = query < 0 ? path : path.substring(0, query);
    return response
        .header("x-application", name)
        .header("x-path", URLEncoder.encode(path, StandardCharsets.UTF_8))
        .send();
  }

  @Override
  public int port() {
    return server.port();
  }

  @Override
  public void close() {
    server.disposeNow();
  }
}
