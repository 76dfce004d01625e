package io.endomesh.instrumentation.armeria.server;

import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerListener;
import com.linecorp.armeria.server.ServerPort;
import io.endomesh.weaving.OfferedPorts;
import io.endomesh.weaving.Suppressed;
import java.net.InetSocketAddress;
import java.util.List;

/**
 * Offers the ports of one server while it runs: those of the network that it serves without TLS of
 * its own. What it throws would keep the server from starting. Used by one thread at a time.
 */
final class OfferedServer implements ServerListener {

  private static final OfferedPorts<ServerPort> PORTS = new OfferedPorts<>();

  private volatile List<ServerPort> offered = List.of();

  @Override
  public void serverStarting(Server server) {}

  @Override
  public void serverStarted(Server server) {
    try {
      offered = server.activePorts().values().stream().filter(OfferedServer::serves).toList();
      for (ServerPort port : offered) {
        PORTS.add(port);
        PORTS.bound(port, port.localAddress().getPort());
      }
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }

  /** The address of a socket in the file system extends that of the network. */
  private static boolean serves(ServerPort port) {
    return port.hasHttp()
        && !port.hasTls()
        && !port.hasProxyProtocol()
        && port.localAddress().getClass() == InetSocketAddress.class;
  }

  /** Before it waits for the requests that are under way. */
  @Override
  public void serverStopping(Server server) {
    try {
      offered.forEach(PORTS::closing);
    } catch (RuntimeException | LinkageError failure) {
      Suppressed.report(failure);
    }
  }

  @Override
  public void serverStopped(Server server) {}
}
