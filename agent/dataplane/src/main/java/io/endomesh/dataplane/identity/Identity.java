package io.endomesh.dataplane.identity;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
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
  private final WorkloadKey key;
  private final DomainTrust domains;
  private final SSLContext serverContext;
  private final ConcurrentMap<Object, ClientTls> clients = new ConcurrentHashMap<>();

  /** As the other, with nothing but roots. */
  public Identity(List<X509Certificate> chain, PrivateKey key, List<X509Certificate> roots)
      throws GeneralSecurityException {
    this(chain, key, TrustBundle.of(roots));
  }

  /**
   * @param chain leaf first
   * @param bundle of the trust domain, with those it is federated with
   * @throws GeneralSecurityException if key and certificate do not fit, or the chain is no SVID
   */
  public Identity(List<X509Certificate> chain, PrivateKey key, TrustBundle bundle)
      throws GeneralSecurityException {
    this.chain = List.copyOf(chain);
    this.bundle = bundle;
    this.spiffeId = SpiffeTrust.spiffeId(this.chain.get(0));
    this.key = new WorkloadKey(key, this.chain);
    this.domains = new DomainTrust(bundle, spiffeId);
    this.serverContext = context(this.key, SpiffeTrust.ofDomain(domains, bundle, spiffeId));
  }

  /** TLS to reach an endpoint that must prove {@code expected}; made once an identity. */
  public ClientTls clientTls(String expected) {
    ClientTls known = clients.get(expected);
    return known != null
        ? known
        : clients.computeIfAbsent(expected, absent -> made(expected, () -> newClientTls(expected)));
  }

  /**
   * TLS that shows our certificate to a server outside the mesh; made once an identity.
   *
   * @param material of its files; null if there are none
   */
  ClientTls clientTls(OriginatedTls originated, @Nullable TlsMaterial material) {
    Object wanted = material == null ? originated : new OfFiles(originated, material);
    ClientTls known = clients.get(wanted);
    return known != null
        ? known
        : clients.computeIfAbsent(
            wanted,
            absent -> made(originated.expected(), () -> originated.clientTls(key, material)));
  }

  private record OfFiles(OriginatedTls originated, TlsMaterial material) {}

  /** For servers: asks for a client certificate of a trust domain that is believed. */
  public SSLContext serverContext() {
    return serverContext;
  }

  /**
   * For a server of several identities: it proves the one that the client asks for by name, see
   * {@link ClientTls}, and the first to a client that asks for none of them.
   *
   * @param identities of one mesh, at least one
   */
  public static SSLContext serverContext(List<Identity> identities) {
    Identity first = identities.get(0);
    if (identities.size() == 1) {
      return first.serverContext;
    }
    Map<String, WorkloadKey> keys = new HashMap<>();
    for (Identity identity : identities) {
      SNIHostName name = SpiffeId.serverName(identity.spiffeId);
      if (name != null) {
        keys.putIfAbsent(name.getAsciiName(), identity.key);
      }
    }
    try {
      return context(
          new SharedKeys(first.key, keys),
          SpiffeTrust.ofDomain(first.domains, first.bundle, first.spiffeId));
    } catch (GeneralSecurityException e) {
      // As in newClientTls: the same keys made contexts before.
      throw new IllegalStateException("no TLS context for " + identities.size() + " identities", e);
    }
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
   * The root that vouches for it: the nearest to the certificate, of those that are trusted. Null
   * if none does any more.
   */
  public @Nullable X509Certificate root() {
    return Roots.nearest(chain, bundle.roots());
  }

  /**
   * Why a peer that was believed when it connected is so no longer; null if it is. Costs nothing
   * until the bundle changes.
   */
  public @Nullable String doubts(Peer peer) {
    return peer.doubt(bundle, domains);
  }

  /** From its issue to its end. */
  public Duration life() {
    return Duration.between(chain.get(0).getNotBefore().toInstant(), notAfter());
  }

  public Instant notAfter() {
    return chain.get(0).getNotAfter().toInstant();
  }

  private ClientTls newClientTls(String expected) throws GeneralSecurityException {
    SSLContext context = context(key, SpiffeTrust.of(domains, bundle, expected));
    SNIHostName name = SpiffeId.serverName(expected);
    return new ClientTls(expected, name == null ? context : new NamingContext(context, name));
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

  private static SSLContext context(KeyManager keys, SpiffeTrust trust)
      throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[] {keys}, new TrustManager[] {trust}, null);
    return context;
  }
}
