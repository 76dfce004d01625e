package io.endomesh.instrumentation.httpclient4;

import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import javax.net.ssl.SSLException;
import org.apache.http.HttpHost;
import org.apache.http.conn.socket.ConnectionSocketFactory;
import org.apache.http.conn.socket.PlainConnectionSocketFactory;
import org.apache.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections that speak a TLS of the mesh; the library closes the socket if this fails.
 * Immutable.
 */
record MeshSocketFactory(ClientTls tls) implements ConnectionSocketFactory {

  @Override
  public Socket createSocket(HttpContext context) throws IOException {
    return PlainConnectionSocketFactory.INSTANCE.createSocket(context);
  }

  @Override
  public Socket connectSocket(
      int timeoutMillis,
      Socket socket,
      HttpHost host,
      InetSocketAddress endpoint,
      @Nullable InetSocketAddress local,
      HttpContext context)
      throws IOException {
    Socket connected =
        PlainConnectionSocketFactory.INSTANCE.connectSocket(
            timeoutMillis, socket, host, endpoint, local, context);
    try {
      return tls.begin(connected, endpoint, timeoutMillis);
    } catch (RuntimeException e) {
      throw new SSLException("TLS to " + tls.expectedIdentity() + " failed", e);
    }
  }
}
