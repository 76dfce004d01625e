package io.endomesh.contracts.helidon.server;

import io.endomesh.testkit.ServerUnderTest;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;

/**
 * A Helidon with two applications, {@code /admin} and {@code /public} with all below them.
 * Thread-safe.
 */
public final class HelidonPaths implements ServerUnderTest {

  private final WebServer server;

  public HelidonPaths() {
    server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .shutdownHook(false)
            .routing(
                routing -> {
                  for (String name : new String[] {"admin", "public"}) {
                    routing.any(
                        "/" + name + "/*", (request, response) -> answer(name, request, response));
                  }
                })
            .build()
            .start();
  }

  private static void answer(String name, ServerRequest request, ServerResponse response) {
    String path = request.path().absolute().path();
    response
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
    server.stop();
  }
}
