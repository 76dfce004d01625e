package io.endomesh.dataplane.identity;

import io.endomesh.dataplane.Inbound.TlsMode;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What a server port does with a new connection. Immutable.
 *
 * @param context null if there is no certificate yet
 */
public record ServerTls(TlsMode mode, @Nullable SSLContext context) {

  /** First byte of a TLS handshake record (RFC 8446, section 5.1); no HTTP request begins so. */
  public static final int TLS_FIRST_BYTE = 0x16;

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
}
