package io.endomesh.controller.ca;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The controller's certificate, renewed at half of its life, for as long as the controller runs. It
 * names the mesh's roots as those that client certificates must end in. Thread-safe.
 */
public final class ServerCertificates implements TlsProvider {

  /** Nobody has to be told of a renewal, so there is no reason for a long life. */
  private static final Duration TTL = Duration.ofDays(30);

  private final CertificateAuthority authority;
  private final List<String> addresses;
  private final Clock clock;
  // Guarded by this.
  private TlsKeyPair current;
  private Instant renewAt;
  private X509Certificate issuer;

  /**
   * @param addresses host names and IP addresses at which agents and browsers reach the controller
   */
  public ServerCertificates(CertificateAuthority authority, List<String> addresses, Clock clock) {
    this.authority = authority;
    this.addresses = List.copyOf(addresses);
    this.clock = clock;
    this.issuer = authority.issuerCertificate();
    this.current = issue();
    this.renewAt = clock.instant().plus(TTL.dividedBy(2));
  }

  @Override
  public synchronized TlsKeyPair keyPair(String hostname) {
    Instant now = clock.instant();
    // Whoever signs now may be another: it is by the new chain that agents come to trust it.
    if (now.isAfter(renewAt) || !issuer.equals(authority.issuerCertificate())) {
      issuer = authority.issuerCertificate();
      current = issue();
      renewAt = now.plus(TTL.dividedBy(2));
    }
    return current;
  }

  @Override
  public List<X509Certificate> trustedCertificates(String hostname) {
    return authority.clientRoots();
  }

  private TlsKeyPair issue() {
    CertificateAuthority.KeyAndChain certificate = authority.serverCertificate(addresses, TTL);
    return TlsKeyPair.of(certificate.key(), certificate.chain());
  }
}
