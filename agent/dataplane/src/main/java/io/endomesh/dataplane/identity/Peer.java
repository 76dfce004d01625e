package io.endomesh.dataplane.identity;

import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * Who is at the other end of a connection to a server, as its TLS session says. Servers keep it
 * with the connection and give it to each request on that; who that may be, and for how long, is
 * asked anew each time, because a session outlives certificates and policies. Thread-safe; all but
 * what was answered last is fixed.
 */
public final class Peer {

  /** Of a connection without TLS, to a server port that might have had the mesh's. */
  public static final Peer PLAINTEXT = new Peer(null, List.of(), new Certificate[0], null);

  /** Of a connection that the mesh knows nothing of: TLS of the application's own. */
  public static final Peer UNKNOWN = new Peer(null, List.of(), new Certificate[0], null);

  private final @Nullable SSLSession session;
  private final List<String> identities;
  private final @Nullable String spiffeId;
  private final long notAfterMillis;

  /** Leaf first; empty without a certificate. */
  private final X509Certificate[] chain;

  /** What of ours it was shown in the handshake; null if nothing was. */
  private final @Nullable Certificate shown;

  private volatile @Nullable Generation generation;

  /**
   * @param asked the certificate that counts now
   * @param earlier true if the peer was shown the one before it
   */
  private record Generation(Identity asked, boolean earlier) {}

  /** What was answered last, so that nobody looks at signatures twice. */
  private volatile @Nullable Answer answer;

  /**
   * @param asked by whose bundle
   */
  private record Answer(TrustBundle asked, @Nullable String doubt) {}

  private Peer(
      @Nullable SSLSession session,
      List<String> identities,
      Certificate[] chain,
      @Nullable Certificate shown) {
    this.shown = shown;
    this.session = session;
    this.identities = List.copyOf(identities);
    this.spiffeId = SpiffeId.of(this.identities);
    this.notAfterMillis = end(chain);
    this.chain = x509(chain);
  }

  /**
   * Of a TLS connection of the mesh, whose handshake is done. Allocates nothing while its session
   * stays the same; TLS 1.2 can make another one, of another peer.
   *
   * @param known what this said of the connection before
   */
  public static Peer of(SSLSession session, @Nullable Peer known) {
    return known != null && known.session == session ? known : read(session, session);
  }

  /**
   * As {@link #of(SSLSession, Peer)}, of any connection.
   *
   * @param engine of the mesh, null if its TLS is not on
   * @param known what was said before, also of a connection without TLS; null if nothing was
   */
  public static Peer of(@Nullable SSLEngine engine, @Nullable Peer known) {
    if (engine == null) {
      return known == null ? UNKNOWN : known;
    }
    return of(engine.getSession(), known);
  }

  /**
   * As {@link #of(SSLSession, Peer)}, for who keeps it by the session, which it does not hold then.
   */
  public static Peer ofKept(SSLSession session) {
    return read(session, /* holds= */ null);
  }

  private static Peer read(SSLSession session, @Nullable SSLSession holds) {
    Certificate[] ours = session.getLocalCertificates();
    Certificate shown = ours == null || ours.length == 0 ? null : ours[0];
    try {
      Certificate[] chain = session.getPeerCertificates();
      return new Peer(holds, PeerIdentities.of(chain), chain, shown);
    } catch (SSLPeerUnverifiedException noClientCertificate) {
      return new Peer(holds, List.of(), new Certificate[0], shown);
    }
  }

  private static X509Certificate[] x509(Certificate[] chain) {
    X509Certificate[] all = new X509Certificate[chain.length];
    for (int i = 0; i < chain.length; i++) {
      if (!(chain[i] instanceof X509Certificate certificate)) {
        return new X509Certificate[0];
      }
      all[i] = certificate;
    }
    return all;
  }

  /**
   * True if it was shown another certificate of this identity: an earlier one. Costs nothing until
   * that is renewed.
   */
  public boolean sawEarlierThan(Identity mine) {
    Generation last = generation;
    if (last == null || last.asked() != mine) {
      last = new Generation(mine, sawEarlier(mine));
      generation = last;
    }
    return last.earlier();
  }

  /** Of a port that several workloads share, it may have been shown that of another. */
  private boolean sawEarlier(Identity mine) {
    return shown instanceof X509Certificate certificate
        && !certificate.equals(mine.chain().get(0))
        && mine.spiffeId().equals(SpiffeId.of(PeerIdentities.of(new Certificate[] {certificate})));
  }

  /** See {@link Identity#doubts}. */
  @Nullable String doubt(TrustBundle bundle, DomainTrust domains) {
    if (chain.length == 0) {
      return null;
    }
    Answer last = answer;
    if (last == null || last.asked() != bundle) {
      last = new Answer(bundle, ask(bundle, domains));
      answer = last;
    }
    return last.doubt();
  }

  private @Nullable String ask(TrustBundle bundle, DomainTrust domains) {
    if (bundle.revoked().contains(chain[0].getSerialNumber())) {
      return "the certificate of " + spiffeId + " is revoked";
    }
    X509TrustManager trust = domains.of(spiffeId);
    if (trust == null) {
      return "the trust domain of " + spiffeId + " is federated no longer";
    }
    try {
      trust.checkClientTrusted(chain, chain[0].getPublicKey().getAlgorithm());
      return null;
    } catch (CertificateException noLonger) {
      return "the root of " + spiffeId + " is trusted no longer";
    }
  }

  /** Of the first that ends. A root says nothing about itself: it is trusted, or it is not. */
  private static long end(Certificate[] chain) {
    long end = Long.MAX_VALUE;
    for (int i = 0; i < chain.length; i++) {
      if (chain[i] instanceof X509Certificate certificate
          && (i == 0 || !isSelfIssued(certificate))) {
        end = Math.min(end, certificate.getNotAfter().getTime());
      }
    }
    return end;
  }

  private static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal());
  }

  /** URI names of the verified certificate; empty if there is none. */
  public List<String> identities() {
    return identities;
  }

  /** Null if nobody is identified. */
  public @Nullable String spiffeId() {
    return spiffeId;
  }

  /** True if the certificate has ended; the handshake may have been before. */
  public boolean hasExpired(long nowMillis) {
    return nowMillis > notAfterMillis;
  }

  /** When the certificate ends; {@link Long#MAX_VALUE} if there is none. */
  public long notAfterMillis() {
    return notAfterMillis;
  }
}
