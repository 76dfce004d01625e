package io.endomesh.dataplane.identity;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * How to connect to one expected identity with one certificate of ours, or to a server outside the
 * mesh without one. Compared by identity: two objects never share a connection or a TLS session, so
 * a changed policy or certificate takes effect on the next call.
 */
public final class ClientTls {

  private final String expectedIdentity;
  private final SSLContext context;

  ClientTls(String expectedIdentity, SSLContext context) {
    this.expectedIdentity = expectedIdentity;
    this.context = context;
  }

  /**
   * TLS to a server outside the mesh, on behalf of an application that speaks plaintext (Istio's
   * "TLS origination"). Chain and name are always checked.
   *
   * @param roots trusted ones; empty for those of the JVM
   * @param serverName to ask for (SNI); null asks for none
   * @param names of which the server must prove one; at least one
   * @throws GeneralSecurityException if the roots cannot be used
   */
  public static ClientTls originated(
      List<X509Certificate> roots, @Nullable String serverName, List<PeerName> names)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        null,
        new TrustManager[] {
          new HostTrust(roots.isEmpty() ? Roots.ofJvm() : Roots.trust(roots), names)
        },
        null);
    return new ClientTls(
        names.stream().map(PeerName::value).collect(Collectors.joining(" or ")),
        serverName == null ? context : new NamingContext(context, serverName));
  }

  /** SPIFFE id that the peer must prove; names for a server outside the mesh. */
  public String expectedIdentity() {
    return expectedIdentity;
  }

  /** Its trust manager checks chain and identity by itself; host names are not JSSE's concern. */
  public SSLContext context() {
    return context;
  }
}
