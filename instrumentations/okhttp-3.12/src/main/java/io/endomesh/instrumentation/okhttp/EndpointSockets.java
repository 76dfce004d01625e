package io.endomesh.instrumentation.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.SocketFactory;

/** Makes sockets that lead to one endpoint, whichever address they are given. Immutable. */
final class EndpointSockets extends SocketFactory {

  private final EndpointAddress endpoint;

  EndpointSockets(EndpointAddress endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public Socket createSocket() {
    return new EndpointSocket(endpoint);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    Socket socket = createSocket();
    socket.connect(endpoint.address());
    return socket;
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return createSocket(host.getHostAddress(), port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return createSocket(host.getHostAddress(), port);
  }
}
