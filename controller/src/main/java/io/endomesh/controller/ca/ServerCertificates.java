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

  /** As agents do. */
  private static final Duration AGAIN = Duration.ofSeconds(30);

  private final CertificateAuthority authority;
  private final List<String> addresses;
  private final Clock clock;
  // Guarded by this.
  private TlsKeyPair current;
  private Instant renewAt;
  private boolean renewing;
  private Instant quietUntil = Instant.MIN;

  /**
   * @param addresses host names and IP addresses at which agents and browsers reach the controller
   */
  public ServerCertificates(CertificateAuthority authority, List<String> addresses, Clock clock) {
    this.authority = authority;
    this.addresses = List.copyOf(addresses);
    this.clock = clock;
    this.current = issue();
    this.renewAt = half(current);
  }

  @Override
  public synchronized TlsKeyPair keyPair(String hostname) {
    Instant now = clock.instant();
    // Whoever signs now may be another: it is by the new chain that agents come to trust it.
    if (now.isAfter(quietUntil) && (now.isAfter(renewAt) || !isOfWhoSigns(current))) {
      if (!authority.isSlow()) {
        become(issue());
      } else if (!renewing) {
        // A handshake does not wait for a command or a token.
        renewing = true;
        Thread thread = new Thread(this::renew, "endomesh-server-certificate");
        thread.setDaemon(true);
        thread.start();
      }
    }
    return current;
  }

  private boolean isOfWhoSigns(TlsKeyPair certificate) {
    List<X509Certificate> chain = certificate.certificateChain();
    X509Certificate signer = authority.issuerCertificate();
    return authority.isElsewhere() ? chain.contains(signer) : chain.get(1).equals(signer);
  }

  private void renew() {
    try {
      TlsKeyPair next = issue();
      synchronized (this) {
        become(next);
      }
    } catch (NotIssued isInTheLog) {
      // The present one is shown until there is another.
    } finally {
      synchronized (this) {
        renewing = false;
        quietUntil = clock.instant().plus(AGAIN);
      }
    }
  }

  private void become(TlsKeyPair next) {
    current = next;
    renewAt = half(next);
  }

  /** An authority elsewhere may give less than was asked for. */
  private Instant half(TlsKeyPair certificate) {
    Instant now = clock.instant();
    Instant end = certificate.certificateChain().get(0).getNotAfter().toInstant();
    return now.plus(Duration.between(now, end).dividedBy(2));
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
