package io.endomesh.contracts.webflux.library;

import static org.springframework.web.reactive.function.server.RequestPredicates.path;
import static org.springframework.web.reactive.function.server.RouterFunctions.route;
import static org.springframework.web.reactive.function.server.RouterFunctions.toHttpHandler;

import io.endomesh.testkit.ServerUnderTest;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.springframework.http.server.PathContainer;
import org.springframework.http.server.PathContainer.PathSegment;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.reactive.function.server.HandlerFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/**
 * A WebFlux that maps paths to functions: {@code /admin} and {@code /public} with all below them.
 * Thread-safe.
 */
public final class RoutingWebFlux implements ServerUnderTest {

  private final DisposableServer server =
      HttpServer.create()
          .host("127.0.0.1")
          .port(0)
          .handle(
              new ReactorHttpHandlerAdapter(
                  toHttpHandler(
                      route(path("/admin/**"), application("admin"))
                          .andRoute(path("/public/**"), application("public")))))
          .bindNow();

  private static HandlerFunction<ServerResponse> application(String name) {
    return request ->
        ServerResponse.ok()
            .header("x-application", name)
            .header("x-path", URLEncoder.encode(compared(request), StandardCharsets.UTF_8))
            .build();
  }

  /** What its patterns compare. */
  private static String compared(ServerRequest request) {
    return request.requestPath().pathWithinApplication().elements().stream()
        .map(RoutingWebFlux::compared)
        .collect(Collectors.joining());
  }

  private static String compared(PathContainer.Element element) {
    return element instanceof PathSegment segment ? segment.valueToMatch() : element.value();
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
