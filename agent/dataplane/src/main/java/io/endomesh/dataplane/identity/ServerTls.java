package io.endomesh.dataplane.identity;

import io.endomesh.dataplane.Inbound.TlsMode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * What a server port does with a new connection. Immutable.
 *
 * @param context null if there is no certificate yet
 */
public record ServerTls(TlsMode mode, @Nullable SSLContext context) {

  /** First byte of a TLS handshake record (RFC 8446, section 5.1); no HTTP request begins so. */
  public static final int TLS_FIRST_BYTE = 0x16;

  /** RFC 8996 forbids older ones, also where the JVM's own settings would let them in. */
  private static final String[] VERSIONS = {"TLSv1.3", "TLSv1.2"};

  private static final ServerTls DISABLED = new ServerTls(TlsMode.DISABLE, null);

  public static ServerTls of(TlsMode mode, @Nullable Identity identity) {
    return mode == TlsMode.DISABLE
        ? DISABLED
        : new ServerTls(mode, identity == null ? null : identity.serverContext());
  }

  /** True if the bytes of the connection must be looked at. */
  public boolean detects() {
    return mode != TlsMode.DISABLE;
  }

  /** True if a plaintext connection may go on. STRICT refuses even when it has no certificate. */
  public boolean acceptsPlaintext() {
    return mode != TlsMode.STRICT;
  }

  /**
   * For a connection that begins with this byte: an engine that wants to know who calls.
   *
   * @param protocols what is spoken inside (ALPN, RFC 7301), preferred ones first
   * @return null if the connection does not begin TLS, or there is no certificate to answer with;
   *     it may go on as it is if {@link #acceptsPlaintext}
   */
  public @Nullable SSLEngine engine(byte first, String... protocols) {
    if (context == null || Byte.toUnsignedInt(first) != TLS_FIRST_BYTE) {
      return null;
    }
    SSLEngine engine = context.createSSLEngine();
    engine.setUseClientMode(false);
    SSLParameters parameters = engine.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setProtocols(VERSIONS.clone());
    parameters.setApplicationProtocols(protocols);
    engine.setSSLParameters(parameters);
    return engine;
  }

  /**
   * As {@link #engine}, for who blocks: a socket over the one that the byte was read from, which it
   * closes with itself.
   *
   * @throws IOException if there is no connection any more
   */
  public @Nullable SSLSocket socket(byte first, Socket connection, String... protocols)
      throws IOException {
    if (context == null || Byte.toUnsignedInt(first) != TLS_FIRST_BYTE) {
      return null;
    }
    SSLSocket socket =
        (SSLSocket)
            context
                .getSocketFactory()
                .createSocket(
                    connection, new ByteArrayInputStream(new byte[] {first}), /* close= */ true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setNeedClientAuth(true);
    parameters.setApplicationProtocols(protocols);
    socket.setSSLParameters(parameters);
    return socket;
  }
}
