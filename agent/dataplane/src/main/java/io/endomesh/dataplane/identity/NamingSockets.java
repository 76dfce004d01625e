package io.endomesh.dataplane.identity;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * Makes sockets that ask for a server by name; what {@link NamingEngine} is to engines.
 * Thread-safe.
 */
final class NamingSockets extends SSLSocketFactory {

  private final SSLSocketFactory sockets;
  private final List<SNIServerName> names;

  NamingSockets(SSLSocketFactory sockets, SNIServerName name) {
    this.sockets = sockets;
    this.names = List.of(name);
  }

  private Socket named(Socket socket) {
    SSLSocket secured = (SSLSocket) socket;
    SSLParameters parameters = secured.getSSLParameters();
    parameters.setServerNames(names);
    secured.setSSLParameters(parameters);
    return secured;
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return named(sockets.createSocket(connected, host, port, autoClose));
  }

  @Override
  public Socket createSocket() throws IOException {
    return named(sockets.createSocket());
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return named(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return named(sockets.createSocket(host, port, local, localPort));
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return named(sockets.createSocket(host, port));
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return named(sockets.createSocket(host, port, local, localPort));
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return sockets.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return sockets.getSupportedCipherSuites();
  }
}
