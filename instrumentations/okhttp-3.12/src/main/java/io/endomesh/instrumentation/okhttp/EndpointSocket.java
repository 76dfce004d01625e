package io.endomesh.instrumentation.okhttp;

import io.endomesh.dataplane.identity.ClientTls;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A socket to the endpoint of an attempt. With a TLS of the mesh, connecting includes its handshake
 * and the streams are those of the TLS; the library and the application know nothing of it. As
 * thread-safe as its superclass.
 *
 * <p>Closing it closes the connection at once, without the last alert of TLS, which another thread
 * that writes could hold back: the library cancels a call by closing.
 */
final class EndpointSocket extends Socket {

  private final EndpointAddress endpoint;
  private volatile @Nullable SSLSocket secured;

  EndpointSocket(EndpointAddress endpoint) {
    this.endpoint = endpoint;
  }

  @Override
  public void connect(SocketAddress asked) throws IOException {
    connect(asked, 0);
  }

  /** Fails closed: if TLS is not begun, for whatever reason, there is no connection. */
  @Override
  public void connect(SocketAddress asked, int timeoutMillis) throws IOException {
    super.connect(endpoint.address(), timeoutMillis);
    ClientTls tls = endpoint.tls();
    if (tls == null) {
      return;
    }
    try {
      secured = tls.begin(this, endpoint.address(), timeoutMillis);
    } catch (RuntimeException e) {
      throw new SSLException("TLS to " + tls.expectedIdentity() + " failed", e);
    } finally {
      if (secured == null) {
        close();
      }
    }
  }

  /** Of the TLS of the mesh, null if there is none. */
  @Nullable SSLSession session() {
    SSLSocket tls = secured;
    return tls == null ? null : tls.getSession();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    SSLSocket tls = secured;
    return tls == null ? super.getInputStream() : tls.getInputStream();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    SSLSocket tls = secured;
    return tls == null ? super.getOutputStream() : tls.getOutputStream();
  }
}
