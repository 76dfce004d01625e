package io.endomesh.instrumentation.httpclient5;

import io.endomesh.dataplane.identity.ClientTls;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.net.InetSocketAddress;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.apache.hc.client5.http.nio.ManagedAsyncClientConnection;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http2.HttpVersionPolicy;
import org.apache.hc.core5.http2.ssl.H2TlsSupport;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.NamedEndpoint;
import org.apache.hc.core5.reactor.ssl.SSLBufferMode;
import org.apache.hc.core5.reactor.ssl.SSLSessionInitializer;
import org.apache.hc.core5.reactor.ssl.SSLSessionVerifier;
import org.apache.hc.core5.reactor.ssl.TlsDetails;
import org.apache.hc.core5.reactor.ssl.TransportSecurityLayer;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Begins the mesh's TLS on a connection that was just opened, and then hands it on. Used once.
 *
 * @param timeout for each read of the handshake, null for none
 * @param versions of HTTP, which the handshake negotiates as one of the library's own does
 */
record TlsBeginning(
    ClientTls tls,
    InetSocketAddress endpoint,
    @Nullable Timeout timeout,
    HttpVersionPolicy versions,
    FutureCallback<ManagedAsyncClientConnection> next)
    implements FutureCallback<ManagedAsyncClientConnection> {

  /**
   * Since core 5.2: tells when the handshake is finished. Before, a connection is handed on at
   * once, and what is to be sent over it waits.
   */
  private static final @Nullable Method TELLING = telling();

  private static @Nullable Method telling() {
    try {
      return TransportSecurityLayer.class.getMethod(
          "startTls",
          SSLContext.class,
          NamedEndpoint.class,
          SSLBufferMode.class,
          SSLSessionInitializer.class,
          SSLSessionVerifier.class,
          Timeout.class,
          FutureCallback.class);
    } catch (NoSuchMethodException older) {
      return null;
    }
  }

  @Override
  public void completed(ManagedAsyncClientConnection connection) {
    // Stands for the peer in place of a host name, so that none is asked for or checked by it.
    HttpHost peer = new HttpHost(endpoint.getAddress().getHostAddress(), endpoint.getPort());
    try {
      if (TELLING == null) {
        connection.startTls(
            tls.context(), peer, SSLBufferMode.STATIC, this::initialize, this::verify, timeout);
        next.completed(connection);
      } else {
        SSLSessionInitializer initializer = this::initialize;
        SSLSessionVerifier verifier = this::verify;
        TELLING.invoke(
            connection,
            tls.context(),
            peer,
            SSLBufferMode.STATIC,
            initializer,
            verifier,
            timeout,
            new Finishing(connection, connection.getSocketTimeout()));
      }
    } catch (RuntimeException | IllegalAccessException | InvocationTargetException e) {
      broken(connection, new SSLException("TLS to " + tls.expectedIdentity() + " failed", e));
    }
  }

  private void initialize(NamedEndpoint peer, SSLEngine engine) {
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setApplicationProtocols(H2TlsSupport.selectApplicationProtocols(versions));
    engine.setSSLParameters(parameters);
  }

  private TlsDetails verify(NamedEndpoint peer, SSLEngine engine) {
    String protocol = engine.getApplicationProtocol();
    TlsSession.begun(engine.getSession(), tls, protocol);
    return new TlsDetails(engine.getSession(), protocol);
  }

  private void broken(ManagedAsyncClientConnection connection, Exception cause) {
    connection.close(CloseMode.IMMEDIATE);
    next.failed(cause);
  }

  @Override
  public void failed(Exception cause) {
    next.failed(cause);
  }

  @Override
  public void cancelled() {
    next.cancelled();
  }

  private final class Finishing implements FutureCallback<TransportSecurityLayer> {
    private final ManagedAsyncClientConnection connection;
    private final Timeout later;

    Finishing(ManagedAsyncClientConnection connection, Timeout later) {
      this.connection = connection;
      this.later = later;
    }

    @Override
    public void completed(TransportSecurityLayer secured) {
      connection.setSocketTimeout(later);
      next.completed(connection);
    }

    @Override
    public void failed(Exception cause) {
      broken(connection, cause);
    }

    @Override
    public void cancelled() {
      connection.close(CloseMode.IMMEDIATE);
      next.cancelled();
    }
  }
}
