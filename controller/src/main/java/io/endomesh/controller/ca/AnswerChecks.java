package io.endomesh.controller.ca;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether what {@code --ca-command} answered is what was asked for, and nothing more: it is
 * not ours, and whatever it vouches for, the mesh believes. Thread-safe.
 */
final class AnswerChecks {

  private static final int DNS_NAME = 2;
  private static final int URI_NAME = 6;
  private static final int IP_ADDRESS = 7;

  /** Bits of keyUsage (RFC 5280, section 4.2.1.3). */
  private static final int DIGITAL_SIGNATURE = 0;

  private static final int KEY_CERT_SIGN = 5;
  private static final int CRL_SIGN = 6;

  private static final int MAX_CHAIN = 8;

  /** Random ones of 64 bits are shorter once in 16 million times; those that count never get so. */
  private static final int MIN_SERIAL_BITS = 40;

  /** By which a certificate may last longer than asked for: authorities round up. */
  private static final int SHARE = 10;

  private static final Duration ROUNDING = Duration.ofMinutes(5);

  private static final Duration LEAST_LIFE = Duration.ofSeconds(30);

  /** Of the last ones: a number that is given twice would be revoked twice. */
  private static final int REMEMBERED = 4096;

  private final List<X509Certificate> roots;
  private final Clock clock;
  // Guarded by this.
  private final Set<String> serials = new LinkedHashSet<>();

  AnswerChecks(List<X509Certificate> roots, Clock clock) {
    this.roots = List.copyOf(roots);
    this.clock = clock;
  }

  /**
   * The certificates from that which was asked for to a root that holds, it included.
   *
   * @param answer its text
   */
  List<X509Certificate> chain(String answer, CertificateOrder order) throws NotIssued {
    PemFile pem;
    try {
      pem = PemFile.parse(answer);
    } catch (PemFile.Unreadable e) {
      throw wrong(String.valueOf(e.getMessage()), "a chain in PEM");
    }
    if (pem.certificates().isEmpty()) {
      throw wrong("no certificate in its answer", "a chain in PEM");
    }
    if (!pem.keys().isEmpty()) {
      throw wrong("a private key in its answer", "certificates only");
    }
    X509Certificate leaf = pem.certificates().get(0);
    requireOrdered(leaf, order);
    List<X509Certificate> chain = upTo(leaf, pem.certificates());
    requirePkix(chain);
    requireNew(leaf);
    return chain;
  }

  private void requireOrdered(X509Certificate leaf, CertificateOrder order) throws NotIssued {
    if (!leaf.getPublicKey().equals(order.key())) {
      throw wrong("a certificate for another key", "for that of the request");
    }
    requireNames(leaf, order);
    requireUsage(leaf, order);
    if (leaf.getExtensionValue(Attestation.EXTENSION.getId()) != null) {
      throw wrong("an extension by which the controller vouches", "none that it did not write");
    }
    if (leaf.getSerialNumber().bitLength() < MIN_SERIAL_BITS) {
      throw wrong(
          "a serial number of " + leaf.getSerialNumber().bitLength() + " bits",
          "a random one of 64 bits or more, as revocation goes by it");
    }
    requireTime(leaf, order.ttl());
  }

  private static void requireNames(X509Certificate leaf, CertificateOrder order) throws NotIssued {
    List<String> ids = new ArrayList<>();
    Set<String> hosts = new HashSet<>();
    boolean others = false;
    for (List<?> name : names(leaf)) {
      String text = String.valueOf(name.get(1));
      switch ((Integer) name.get(0)) {
        case URI_NAME -> ids.add(text);
        case DNS_NAME -> hosts.add(text);
        case IP_ADDRESS -> hosts.add(address(text));
        default -> others = true;
      }
    }
    if (!ids.equals(List.of(order.spiffeId()))) {
      throw wrong(
          "a certificate with the URI names " + printable(ids), "[" + order.spiffeId() + "]");
    }
    Set<String> asked = new HashSet<>(order.hosts());
    order.addresses().forEach(each -> asked.add(address(each)));
    if (others || !hosts.equals(asked)) {
      throw wrong("a certificate with the names " + printable(hosts), asked.toString());
    }
  }

  private static Collection<List<?>> names(X509Certificate leaf) throws NotIssued {
    try {
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      return names == null ? List.of() : names;
    } catch (CertificateParsingException e) {
      throw wrong("names that cannot be read", "one SPIFFE id");
    }
  }

  /** In one way of writing: one of IPv6 has several. */
  private static String address(String text) {
    if (!IPAddress.isValidIPv6(text)) {
      return text;
    }
    try {
      return InetAddress.getByName(text).getHostAddress();
    } catch (UnknownHostException e) {
      return text;
    }
  }

  private static String printable(Collection<String> names) {
    return names.stream()
        .map(name -> name.replaceAll("[^\\x20-\\x7e]", "?"))
        .limit(MAX_CHAIN)
        .collect(Collectors.joining(", ", "[", "]"));
  }

  private static void requireUsage(X509Certificate leaf, CertificateOrder order) throws NotIssued {
    if (leaf.getVersion() != 3) {
      throw wrong("a certificate of version " + leaf.getVersion(), "3");
    }
    if (leaf.getBasicConstraints() >= 0) {
      throw wrong("a certificate with CA:TRUE", "CA:FALSE");
    }
    boolean @Nullable [] usage = leaf.getKeyUsage();
    if (usage != null && (!usage[DIGITAL_SIGNATURE] || usage[KEY_CERT_SIGN] || usage[CRL_SIGN])) {
      throw wrong(
          "a key usage that does not fit", "digitalSignature, without keyCertSign and cRLSign");
    }
    List<String> purposes;
    try {
      purposes = leaf.getExtendedKeyUsage();
    } catch (CertificateParsingException e) {
      purposes = null;
    }
    List<String> asked =
        order.callsToo()
            ? List.of(KeyPurposeId.id_kp_serverAuth.getId(), KeyPurposeId.id_kp_clientAuth.getId())
            : List.of(KeyPurposeId.id_kp_serverAuth.getId());
    if (purposes == null || !purposes.containsAll(asked)) {
      throw wrong(
          "an extended key usage of " + (purposes == null ? "nothing" : purposes), order.usages());
    }
  }

  private void requireTime(X509Certificate leaf, Duration ttl) throws NotIssued {
    Instant now = clock.instant();
    Instant begin = leaf.getNotBefore().toInstant();
    Instant end = leaf.getNotAfter().toInstant();
    if (begin.isAfter(now)) {
      throw wrong("a certificate not valid before " + begin, "valid now, " + now);
    }
    Duration half = ttl.dividedBy(2);
    if (end.isBefore(now.plus(half.compareTo(LEAST_LIFE) < 0 ? half : LEAST_LIFE))) {
      throw wrong("a certificate that ends at " + end, ttl + " from " + now);
    }
    Duration more = ttl.dividedBy(SHARE);
    if (end.isAfter(now.plus(ttl).plus(more.compareTo(ROUNDING) > 0 ? more : ROUNDING))) {
      throw wrong("a certificate that ends at " + end, "at most " + ttl + " from " + now);
    }
  }

  private List<X509Certificate> upTo(X509Certificate leaf, List<X509Certificate> answered)
      throws NotIssued {
    List<X509Certificate> all = new ArrayList<>(roots);
    answered.stream().filter(each -> !BroughtChecks.isRoot(each)).forEach(all::add);
    List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
    while (chain.size() <= MAX_CHAIN) {
      X509Certificate last = chain.get(chain.size() - 1);
      X509Certificate above = BroughtChecks.above(last, all);
      if (above == null) {
        throw wrong(
            "a certificate of "
                + printable(List.of(last.getIssuerX500Principal().getName()))
                + ", which ends in no root of --ca-root",
            "its chain");
      }
      String weakness = BroughtChecks.weakness(above.getPublicKey());
      if (weakness != null) {
        throw wrong("an authority with an " + weakness, "RSA of 2048 bits, EC of 256 or Ed25519");
      }
      chain.add(above);
      if (roots.contains(above)) {
        return chain;
      }
    }
    throw wrong("a chain of more than " + MAX_CHAIN + " certificates", "a shorter one");
  }

  private void requirePkix(List<X509Certificate> chain) throws NotIssued {
    for (X509Certificate each : chain.subList(0, chain.size() - 1)) {
      if (each.getSigAlgName().startsWith("SHA1") || each.getSigAlgName().startsWith("MD")) {
        throw wrong("a signature of " + each.getSigAlgName(), "SHA-256 or more");
      }
    }
    X509Certificate root = chain.get(chain.size() - 1);
    try {
      root.checkValidity(Date.from(clock.instant()));
      PKIXParameters parameters = new PKIXParameters(Set.of(new TrustAnchor(root, null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509")
                  .generateCertPath(chain.subList(0, chain.size() - 1)),
              parameters);
    } catch (GeneralSecurityException e) {
      throw wrong("a chain that is not valid: " + e.getMessage(), "one that PKIX takes");
    }
  }

  private synchronized void requireNew(X509Certificate leaf) throws NotIssued {
    String number = leaf.getSerialNumber().toString(16);
    if (!serials.add(number)) {
      throw wrong("the serial number " + number + " once more", "another each time");
    }
    if (serials.size() > REMEMBERED) {
      serials.remove(serials.iterator().next());
    }
  }

  private static NotIssued wrong(String what, String expected) {
    return SigningCommand.failed(what + " (expected: " + expected + ")");
  }
}
