package io.endomesh.dataplane.identity;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * TLS to a server outside the mesh, on behalf of an application that speaks plaintext (Istio's "TLS
 * origination"). Chain and name of the server are always checked. Equal ones do the same.
 * Immutable.
 */
public final class OriginatedTls {

  private final List<X509Certificate> roots;
  private final @Nullable String serverName;
  private final List<PeerName> names;
  private final boolean ownCertificate;
  private final @Nullable ClientTls withoutCertificate;

  /**
   * @param roots trusted ones; empty for those of the JVM
   * @param serverName to ask for (SNI); null asks for none
   * @param names of which the server must prove one; at least one
   * @param ownCertificate true to show the workload's certificate to the server, which then knows
   *     who it is
   * @throws GeneralSecurityException if the roots cannot be used
   */
  public OriginatedTls(
      List<X509Certificate> roots,
      @Nullable String serverName,
      List<PeerName> names,
      boolean ownCertificate)
      throws GeneralSecurityException {
    this.roots = List.copyOf(roots);
    this.serverName = serverName;
    this.names = List.copyOf(names);
    this.ownCertificate = ownCertificate;
    // Made in any case: roots that cannot be used are told now.
    ClientTls tls = clientTls(null);
    this.withoutCertificate = ownCertificate ? null : tls;
  }

  /** True if the server asks who the workload is. */
  public boolean ownCertificate() {
    return ownCertificate;
  }

  /** Of which the server must prove one, for messages. */
  public String expected() {
    return names.stream().map(PeerName::value).collect(Collectors.joining(" or "));
  }

  /**
   * Made once, or once a certificate of ours.
   *
   * @param ours null if this workload has no certificate
   * @return null if one is to be shown and there is none
   */
  public @Nullable ClientTls with(@Nullable Identity ours) {
    if (withoutCertificate != null) {
      return withoutCertificate;
    }
    return ours == null ? null : ours.clientTls(this);
  }

  ClientTls clientTls(KeyManager @Nullable [] keys) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(
        keys,
        new TrustManager[] {
          new HostTrust(roots.isEmpty() ? Roots.ofJvm() : Roots.trust(roots), names)
        },
        null);
    return new ClientTls(
        expected(),
        serverName == null ? context : new NamingContext(context, new SNIHostName(serverName)));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof OriginatedTls that
        && roots.equals(that.roots)
        && Objects.equals(serverName, that.serverName)
        && names.equals(that.names)
        && ownCertificate == that.ownCertificate;
  }

  @Override
  public int hashCode() {
    return Objects.hash(roots, serverName, names, ownCertificate);
  }
}
