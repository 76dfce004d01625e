package io.endomesh.contracts.undertow.server;

import io.endomesh.testkit.ServerUnderTest;
import io.undertow.Undertow;
import io.undertow.UndertowOptions;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.GracefulShutdownHandler;
import java.net.InetSocketAddress;

/** An Undertow that can HTTP/2, with the contract's handlers. Thread-safe. */
public final class UndertowServer implements ServerUnderTest {

  private final GracefulShutdownHandler graceful;
  private final Undertow server;
  private final int port;

  public UndertowServer() {
    this(new Handlers());
  }

  UndertowServer(HttpHandler handler) {
    graceful = new GracefulShutdownHandler(handler);
    server =
        Undertow.builder()
            .setServerOption(UndertowOptions.ENABLE_HTTP2, true)
            // 2 MB since 2.4; the contract sends 100.
            .setServerOption(UndertowOptions.MAX_ENTITY_SIZE, -1L)
            .addHttpListener(0, "127.0.0.1")
            .setHandler(graceful)
            .build();
    server.start();
    port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
  }

  @Override
  public int port() {
    return port;
  }

  /** As Spring Boot ends it: requests that are under way are served, others not. */
  public void shutDown() throws InterruptedException {
    graceful.shutdown();
    graceful.awaitShutdown();
    server.stop();
  }

  @Override
  public void close() {
    server.stop();
  }
}
