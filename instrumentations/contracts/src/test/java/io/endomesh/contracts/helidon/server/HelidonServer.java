package io.endomesh.contracts.helidon.server;

import io.endomesh.testkit.StagedHttpServerContract.Staged;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.websocket.WsRouting;
import java.time.Duration;

/**
 * A Helidon with the contract's handlers. It speaks HTTP/2 because that is on its class path.
 * Thread-safe.
 */
public final class HelidonServer implements Staged {

  private final WebServer server;

  public HelidonServer() {
    server =
        WebServer.builder()
            .host("127.0.0.1")
            .port(0)
            .shutdownHook(false)
            .shutdownGracePeriod(Duration.ofSeconds(1))
            .routing(routing -> routing.any(Handlers::handle))
            .addRouting(WsRouting.builder().endpoint("/websocket", new EchoSocket()))
            .build()
            .start();
  }

  /** By its name: a compiler would write down that of the oldest. */
  @Override
  public String version() {
    try {
      return (String) Class.forName("io.helidon.common.Version").getField("VERSION").get(null);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("Version.VERSION", e);
    }
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
