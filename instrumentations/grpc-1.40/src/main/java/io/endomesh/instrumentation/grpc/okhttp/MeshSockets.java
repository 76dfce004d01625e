package io.endomesh.instrumentation.grpc.okhttp;

import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Puts TLS of the mesh on connected sockets, which is all that the library asks for. The address
 * stands for the peer in place of the host name, as {@link ClientTls#begin} has it; the library
 * makes the handshake. Immutable.
 */
final class MeshSockets extends SSLSocketFactory {

  private final ClientTls tls;

  MeshSockets(ClientTls tls) {
    this.tls = tls;
  }

  /** Asked for as the library connects: what goes wrong here fails the connection. */
  private SSLSocketFactory sockets() {
    return tls.context().getSocketFactory();
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return sockets()
        .createSocket(
            connected, connected.getInetAddress().getHostAddress(), connected.getPort(), autoClose);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets().getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets().getSupportedCipherSuites();
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return sockets().createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress localHost, int localPort)
      throws IOException {
    return sockets().createSocket(host, port, localHost, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return sockets().createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress address, int port, InetAddress localAddress, int localPort)
      throws IOException {
    return sockets().createSocket(address, port, localAddress, localPort);
  }
}
