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
  private final List<X509Certificate> roots;
  private final KeyManager[] keyManagers;
  private final X509TrustManager chainTrust;
  private final SSLContext serverContext;
  private final ConcurrentMap<Object, ClientTls> clients = new ConcurrentHashMap<>();

  /**
   * @param chain leaf first
   * @param roots of the trust domain
   * @throws GeneralSecurityException if key and certificate do not fit, or the chain is no SVID
   */
  public Identity(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots)
      throws GeneralSecurityException {
    this.chain = List.copyOf(chain);
    this.roots = List.copyOf(roots);
    this.spiffeId = SpiffeTrust.spiffeId(this.chain.get(0));
    this.keyManagers = new KeyManager[] {new WorkloadKey(key, this.chain)};
    this.chainTrust = Roots.trust(this.roots);
    this.serverContext = context(trust(null));
  }

  /** TLS to reach an endpoint that must prove {@code expected}; made once an identity. */
  public ClientTls clientTls(String expected) {
    ClientTls known = clients.get(expected);
    return known != null
        ? known
        : clients.computeIfAbsent(
            expected,
            absent -> made(expected, () -> new ClientTls(expected, context(trust(expected)))));
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

  public List<X509Certificate> roots() {
    return roots;
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

  private SpiffeTrust trust(@Nullable String expected) {
    return new SpiffeTrust(chainTrust, expected);
  }

  private SSLContext context(SpiffeTrust trust) throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keyManagers, new TrustManager[] {trust}, null);
    return context;
  }
}
