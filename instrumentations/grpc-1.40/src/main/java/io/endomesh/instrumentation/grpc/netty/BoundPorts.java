package io.endomesh.instrumentation.grpc.netty;

import io.endomesh.dataplane.Protocol;
import io.endomesh.weaving.WeakIdentityMap;
import io.endomesh.weaving.Weaving;
import io.grpc.internal.InternalServer;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * The ports that gRPC servers of this JVM have bound and offer to the mesh. Servers with TLS of
 * their own are not offered: they cannot prove the identity that the mesh would ask for.
 * Thread-safe.
 */
final class BoundPorts {

  private static final WeakIdentityMap<InternalServer, List<Integer>> PORTS =
      new WeakIdentityMap<>();

  private BoundPorts() {}

  /** A server was made; it has no port yet. */
  static void made(InternalServer server, Object negotiator) {
    if (negotiator instanceof ServerNegotiator) {
      PORTS.put(server, List.of());
    }
  }

  /** A server has bound its ports. */
  static void started(InternalServer server) {
    if (PORTS.get(server) == null) {
      return;
    }
    List<Integer> bound = new ArrayList<>();
    for (SocketAddress address : server.getListenSocketAddresses()) {
      if (address instanceof InetSocketAddress inet) {
        bound.add(inet.getPort());
      }
    }
    PORTS.put(server, bound);
    bound.forEach(port -> Weaving.mesh().listening(port, Protocol.GRPC));
  }

  /** A server is about to close its ports; told more than once it counts once. */
  static void closing(InternalServer server) {
    List<Integer> bound = PORTS.remove(server);
    if (bound != null) {
      bound.forEach(port -> Weaving.mesh().notListening(port));
    }
  }
}
