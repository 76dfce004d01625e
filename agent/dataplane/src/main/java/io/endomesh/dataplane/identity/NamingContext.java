package io.endomesh.dataplane.identity;

import java.security.KeyManagementException;
import java.security.SecureRandom;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLContextSpi;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocketFactory;
import javax.net.ssl.SSLSessionContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;

/**
 * A context whose engines and sockets ask for a server by name (RFC 6066, section 3). JSSE takes
 * the name from what a library connects to, which here is an IP address. Thread-safe.
 */
final class NamingContext extends SSLContext {

  /**
   * @param context initialized
   */
  NamingContext(SSLContext context, SNIHostName serverName) {
    super(new Spi(context, serverName), context.getProvider(), "TLS");
  }

  private static final class Spi extends SSLContextSpi {

    private final SSLContext context;
    private final SNIHostName serverName;

    Spi(SSLContext context, SNIHostName serverName) {
      this.context = context;
      this.serverName = serverName;
    }

    @Override
    protected SSLEngine engineCreateSSLEngine() {
      return new NamingEngine(context.createSSLEngine(), serverName);
    }

    @Override
    protected SSLEngine engineCreateSSLEngine(String host, int port) {
      return new NamingEngine(context.createSSLEngine(host, port), serverName);
    }

    @Override
    protected void engineInit(KeyManager[] keys, TrustManager[] trust, SecureRandom random)
        throws KeyManagementException {
      throw new KeyManagementException("initialized already");
    }

    @Override
    protected SSLSocketFactory engineGetSocketFactory() {
      return new NamingSockets(context.getSocketFactory(), serverName);
    }

    @Override
    protected SSLServerSocketFactory engineGetServerSocketFactory() {
      throw new UnsupportedOperationException("server sockets (expected: those of clients)");
    }

    @Override
    protected SSLSessionContext engineGetServerSessionContext() {
      return context.getServerSessionContext();
    }

    @Override
    protected SSLSessionContext engineGetClientSessionContext() {
      return context.getClientSessionContext();
    }

    @Override
    protected SSLParameters engineGetDefaultSSLParameters() {
      return context.getDefaultSSLParameters();
    }

    @Override
    protected SSLParameters engineGetSupportedSSLParameters() {
      return context.getSupportedSSLParameters();
    }
  }
}
