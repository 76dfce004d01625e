package io.endomesh.dataplane.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/**
 * One certificate of this workload with its key, the roots it trusts, and the TLS contexts made of
 * them: an X509-SVID and its bundle. A renewed certificate is a new {@code Identity}, and with it
 * come new contexts. Thread-safe.
 */
public final class Identity {

  private final String spiffeId;
  private final List<X509Certificate> chain;
  private final TrustBundle bundle;
  private final KeyManager[] keyManagers;
  private final X509TrustManager chainTrust;
  private final SSLContext serverContext;
  private final ConcurrentMap<Object, ClientTls> clients = new ConcurrentHashMap<>();

  /** As the other, with nothing but roots. */
  public Identity(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots)
      throws GeneralSecurityException {
    this(chain, key, TrustBundle.of(roots));
  }

  /**
   * @param chain leaf first
   * @param bundle of the trust domain
   * @throws GeneralSecurityException if key and certificate do not fit, or the chain is no SVID
   */
  public Identity(List<X509Certificate> chain, PrivateKey key, TrustBundle bundle)
      throws GeneralSecurityException {
    this.chain = List.copyOf(chain);
    this.bundle = bundle;
    this.spiffeId = SpiffeTrust.spiffeId(this.chain.get(0));
    this.keyManagers = new KeyManager[] {new WorkloadKey(key, this.chain)};
    this.chainTrust = Roots.trust(bundle.roots());
    this.serverContext = context(SpiffeTrust.ofDomain(chainTrust, bundle, spiffeId));
  }

  /** TLS to reach an endpoint that must prove {@code expected}; made once an identity. */
  public ClientTls clientTls(String expected) {
    ClientTls known = clients.get(expected);
    return known != null
        ? known
        : clients.computeIfAbsent(
            expected,
            absent -> made(expected, () -> new ClientTls(expected, context(SpiffeTrust.of(chainTrust, bundle, expected)))));
  }

  /** TLS that shows our certificate to a server outside the mesh; made once an identity. */
  ClientTls clientTls(OriginatedTls originated) {
    ClientTls known = clients.get(originated);
    return known != null
        ? known
        : clients.computeIfAbsent(
            originated,
            absent -> made(originated.expected(), () -> originated.clientTls(keyManagers)));
  }

  /** For servers: asks for a client certificate of the trust domain. */
  public SSLContext serverContext() {
    return serverContext;
  }

  public String spiffeId() {
    return spiffeId;
  }

  /** Leaf first. */
  public List<X509Certificate> chain() {
    return chain;
  }

  public TrustBundle bundle() {
    return bundle;
  }

  /**
   * The root that vouches for it: the nearest to the certificate, of those that are trusted. Null if
   * none does any more.
   */
  public @Nullable X509Certificate root() {
    return Roots.nearest(chain, bundle.roots());
  }

  /**
   * Why a peer that was believed when it connected is so no longer; null if it is. Costs nothing
   * until the bundle changes.
   */
  public @Nullable String doubts(Peer peer) {
    return peer.doubt(bundle, chainTrust);
  }

  public Instant notAfter() {
    return chain.get(0).getNotAfter().toInstant();
  }

  private interface Making {
    ClientTls make() throws GeneralSecurityException;
  }

  private static ClientTls made(String expected, Making making) {
    try {
      return making.make();
    } catch (GeneralSecurityException e) {
      // The same key and roots made the server context; a provider that fails now is a broken JVM.
      throw new IllegalStateException("no TLS context for " + expected, e);
    }
  }

  private SSLContext context(SpiffeTrust trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers, new TrustManager[] {trust}, null);
    return context;
  }
}
