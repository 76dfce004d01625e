package io.endomesh.contracts.httpserver;

import com.sun.net.httpserver.HttpServer;
import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import io.endomesh.testkit.Await;
import io.endomesh.weaving.Weaving;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.atomic.AtomicBoolean;

/** Loading classes of the JDK never waits for the weaver; the first servers may be too early. */
final class WovenServer {

  private WovenServer() {}

  static void await() {
    AtomicBoolean offered = new AtomicBoolean();
    Weaving.mesh()
        .listeners(
            new Mesh.Listeners() {
              @Override
              public void bound(int port, Protocol protocol) {
                offered.set(true);
              }

              @Override
              public void closed(int port) {
                // Each of them, in the end.
              }
            });
    Await.until(
        "weaving of the JDK's server",
        () -> {
          startAndStop();
          return offered.get();
        });
    Weaving.mesh().listeners(Mesh.Listeners.NONE);
  }

  private static void startAndStop() {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.start();
      server.stop(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
