package io.endomesh.dataplane.identity;

import io.endomesh.dataplane.trail.TrailTokens;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate authority for tests. */
public final class TestAuthority {

  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final KeyPair key = newKey();
  private final X500Name name;
  private final X509Certificate root;

  public TestAuthority() {
    this("CN=test root");
  }

  /**
   * @param name another than that of another authority, where a peer knows both: it looks for roots
   *     by name
   */
  public TestAuthority(String name) {
    this.name = new X500Name(name);
    root = sign(key, name, true, Duration.ofDays(1), GeneralName.uniformResourceIdentifier);
  }

  public X509Certificate root() {
    return root;
  }

  /** Of certificates that are almost right. */
  public OddCertificates odd(String trustDomain) {
    return new OddCertificates(root, key.getPrivate(), trustDomain);
  }

  /** A token by which trails may be asked for. */
  public String trailToken(Instant now, Duration good) {
    try {
      return TrailTokens.issue(key.getPrivate(), now, good);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An identity with these URI names; one for a proper SVID. */
  public Identity identity(String... uris) {
    try {
      KeyPair own = newKey();
      return new Identity(List.of(certificate(own, uris)), own.getPrivate(), List.of(root));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** An identity that ends. */
  public Identity identity(Duration validity, String... uris) {
    try {
      KeyPair own = newKey();
      return new Identity(
          List.of(certificate(own, validity, uris)), own.getPrivate(), List.of(root));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public X509Certificate certificate(KeyPair own, String... uris) {
    return certificate(own, Duration.ofHours(1), uris);
  }

  private X509Certificate certificate(KeyPair own, Duration validity, String... uris) {
    return sign(own, "CN=workload", false, validity, GeneralName.uniformResourceIdentifier, uris);
  }

  /** Of a server outside the mesh, with these DNS names. */
  public X509Certificate serverCertificate(KeyPair own, String... names) {
    return sign(own, "CN=server", false, Duration.ofHours(1), GeneralName.dNSName, names);
  }

  /** What it revoked (RFC 5280, section 5). */
  public X509CRL revocations(Instant until, X509Certificate... revoked) {
    try {
      X509v2CRLBuilder builder =
          new X509v2CRLBuilder(name, Date.from(until.minus(Duration.ofDays(1))));
      builder.setNextUpdate(Date.from(until));
      for (X509Certificate one : revoked) {
        builder.addCRLEntry(
            one.getSerialNumber(), Date.from(Instant.now()), CRLReason.keyCompromise);
      }
      return new JcaX509CRLConverter()
          .getCRL(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private X509Certificate sign(
      KeyPair subject,
      String subjectName,
      boolean authority,
      Duration validity,
      int nameType,
      String... names) {
    try {
      Instant now = Instant.now();
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(SERIAL.getAndIncrement()),
              Date.from(now.minusSeconds(60)),
              Date.from(now.plus(validity)),
              new X500Name(subjectName),
              subject.getPublic());
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (names.length > 0) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(
                Arrays.stream(names)
                    .map(value -> new GeneralName(nameType, value))
                    .toArray(GeneralName[]::new)));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }
}
