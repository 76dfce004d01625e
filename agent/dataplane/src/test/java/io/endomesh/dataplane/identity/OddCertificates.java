package io.endomesh.dataplane.identity;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Certificates that are almost right, most of them of the right authority. Immutable. */
public final class OddCertificates {

  /** What is wrong with one that is of {@code orders} otherwise. */
  public enum Odd {
    /** Nothing: with it the others show that they fail for what is odd about them. */
    NONE,
    EXPIRED,
    NOT_YET_VALID,
    /** As if this day were tomorrow, and an hour more. */
    CLOCK_25_HOURS_BEHIND,
    CLOCK_25_HOURS_AHEAD,
    OTHER_TRUST_DOMAIN,
    FOR_SIGNING_CODE,
    /** It may sign revocations, and take part in no handshake. */
    KEY_FOR_REVOCATIONS,
    TWO_URIS,
    NUL_IN_URI,
    /** As a path of a browser would be, {@code %2e%2e}. */
    ESCAPES_IN_URI,
    DOTS_IN_URI,
    UPPER_CASE_DOMAIN,
    QUERY_IN_URI,
    NAME_WITHOUT_PATH,
    COMMON_NAME_ONLY,
    DNS_ONLY,
    UNKNOWN_CRITICAL_EXTENSION,
    SHA1_SIGNATURE,
    RSA_OF_1024_BITS,
    SELF_SIGNED,
    OF_ANOTHER_AUTHORITY,
    /** A workload that plays authority. */
    SIGNED_BY_A_WORKLOAD,
    /** Of the right workload, whose key another has. */
    KEY_OF_ANOTHER
  }

  /** A certificate with those above it, its own first, and a key, which need not fit. */
  public record Chain(List<X509Certificate> certificates, PrivateKey key) {}

  private static final AtomicLong SERIAL = new AtomicLong(1_000_000);
  private static final Duration HOUR = Duration.ofHours(1);

  private final X509Certificate root;
  private final KeyPair rootKey;
  private final String domain;

  /**
   * @param rootKey its private half signs
   */
  public OddCertificates(X509Certificate root, PrivateKey rootKey, String domain) {
    this.root = root;
    this.rootKey = new KeyPair(root.getPublicKey(), rootKey);
    this.domain = domain;
  }

  public Chain make(Odd odd) throws Exception {
    KeyPair own = odd == Odd.RSA_OF_1024_BITS ? rsa() : TestAuthority.newKey();
    Instant now = Instant.now();
    Instant from =
        switch (odd) {
          case EXPIRED -> now.minus(HOUR.multipliedBy(2));
          case NOT_YET_VALID -> now.plus(HOUR);
          // A certificate of 24 hours, seen by a clock that jumped.
          case CLOCK_25_HOURS_AHEAD -> now.minus(HOUR.multipliedBy(25));
          case CLOCK_25_HOURS_BEHIND -> now.plus(HOUR.multipliedBy(25));
          default -> now.minus(Duration.ofMinutes(1));
        };
    Instant until = odd == Odd.EXPIRED ? from.plus(HOUR) : from.plus(HOUR.multipliedBy(24));
    JcaX509v3CertificateBuilder builder = builder(own, from, until, issuer(odd));
    builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
    builder.addExtension(
        Extension.keyUsage,
        true,
        new KeyUsage(
            odd == Odd.KEY_FOR_REVOCATIONS ? KeyUsage.cRLSign : KeyUsage.digitalSignature));
    builder.addExtension(
        Extension.extendedKeyUsage,
        false,
        odd == Odd.FOR_SIGNING_CODE
            ? new ExtendedKeyUsage(KeyPurposeId.id_kp_codeSigning)
            : new ExtendedKeyUsage(
                new KeyPurposeId[] {KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth}));
    GeneralName[] names = names(odd);
    if (names.length > 0) {
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
    }
    if (odd == Odd.UNKNOWN_CRITICAL_EXTENSION) {
      builder.addExtension(new ASN1ObjectIdentifier("1.3.6.1.4.1.99999.1"), true, DERNull.INSTANCE);
    }
    return chain(odd, own, builder);
  }

  private Chain chain(Odd odd, KeyPair own, JcaX509v3CertificateBuilder builder) throws Exception {
    return switch (odd) {
      case SELF_SIGNED -> new Chain(List.of(sign(builder, own, odd)), own.getPrivate());
      case OF_ANOTHER_AUTHORITY ->
          new Chain(List.of(sign(builder, TestAuthority.newKey(), odd), root), own.getPrivate());
      case SIGNED_BY_A_WORKLOAD -> {
        Chain workload = make(Odd.NONE);
        KeyPair key = new KeyPair(workload.certificates().get(0).getPublicKey(), workload.key());
        yield new Chain(
            List.of(sign(builder, key, odd), workload.certificates().get(0), root),
            own.getPrivate());
      }
      default ->
          new Chain(
              List.of(sign(builder, rootKey, odd), root),
              odd == Odd.KEY_OF_ANOTHER ? TestAuthority.newKey().getPrivate() : own.getPrivate());
    };
  }

  private X500Name issuer(Odd odd) {
    return odd == Odd.SELF_SIGNED || odd == Odd.SIGNED_BY_A_WORKLOAD
        ? new X500Name("CN=orders")
        : X500Name.getInstance(root.getSubjectX500Principal().getEncoded());
  }

  private GeneralName[] names(Odd odd) {
    String orders = "spiffe://" + domain + "/ns/shop/sa/orders";
    return switch (odd) {
      case COMMON_NAME_ONLY -> new GeneralName[0];
      case DNS_ONLY -> new GeneralName[] {new GeneralName(GeneralName.dNSName, "orders.shop")};
      case TWO_URIS ->
          new GeneralName[] {uri("spiffe://" + domain + "/ns/shop/sa/web"), uri(orders)};
      case NUL_IN_URI -> new GeneralName[] {uri(orders + "\0.example")};
      case ESCAPES_IN_URI ->
          new GeneralName[] {uri("spiffe://" + domain + "/ns/shop/sa/web%2f..%2forders")};
      case DOTS_IN_URI -> new GeneralName[] {uri("spiffe://" + domain + "/ns/x/../shop/sa/orders")};
      case UPPER_CASE_DOMAIN ->
          new GeneralName[] {
            uri(orders.replace(domain, domain.toUpperCase(java.util.Locale.ROOT)))
          };
      case QUERY_IN_URI -> new GeneralName[] {uri(orders + "?ns=shop")};
      case NAME_WITHOUT_PATH -> new GeneralName[] {uri("spiffe://" + domain)};
      case OTHER_TRUST_DOMAIN ->
          new GeneralName[] {uri("spiffe://other.example/ns/shop/sa/orders")};
      default -> new GeneralName[] {uri(orders)};
    };
  }

  private static GeneralName uri(String uri) {
    return new GeneralName(GeneralName.uniformResourceIdentifier, uri);
  }

  private static JcaX509v3CertificateBuilder builder(
      KeyPair own, Instant from, Instant until, X500Name issuer) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        BigInteger.valueOf(SERIAL.getAndIncrement()),
        Date.from(from),
        Date.from(until),
        new X500Name("CN=orders"),
        own.getPublic());
  }

  private static X509Certificate sign(JcaX509v3CertificateBuilder builder, KeyPair by, Odd odd)
      throws Exception {
    String algorithm = odd == Odd.SHA1_SIGNATURE ? "SHA1withECDSA" : "SHA256withECDSA";
    String fitting = by.getPrivate().getAlgorithm().equals("RSA") ? "SHA256withRSA" : algorithm;
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(fitting).build(by.getPrivate())));
  }

  private static KeyPair rsa() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(1024);
    return generator.generateKeyPair();
  }
}
