package io.endomesh.controller.ca;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CRLConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v2CRLBuilder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** How keys are made and certificates signed, and what those of authorities say. Stateless. */
final class Signing {

  /** Clocks of two machines may differ; a certificate is valid on both at once. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  /** P-256: the smallest curve that every TLS 1.3 implementation has (RFC 8446, section 9.1). */
  private static final ECGenParameterSpec CURVE = new ECGenParameterSpec("secp256r1");

  /** Hashes of the strength of the curve (NIST SP 800-57, part 1, table 3). */
  private static final int P384_BITS = 384;

  /** RFC 5280, section 4.1.2.2: up to 20 bytes; 16 random ones never meet. */
  private static final int SERIAL_BITS = 127;

  private static final int AUTHORITY_USAGE = KeyUsage.keyCertSign | KeyUsage.cRLSign;

  private static final SecureRandom RANDOM = new SecureRandom();

  private Signing() {}

  static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(CURVE, RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no P-256", e);
    }
  }

  static ContentSigner signer(PrivateKey key) throws OperatorCreationException {
    return new JcaContentSignerBuilder(algorithm(key)).build(key);
  }

  /**
   * By a key that only {@code provider} can use.
   *
   * @param counterpart a handle of a private key tells neither its kind nor its curve
   */
  static ContentSigner signer(PrivateKey key, PublicKey counterpart, Provider provider)
      throws OperatorCreationException {
    return new JcaContentSignerBuilder(algorithm(counterpart)).setProvider(provider).build(key);
  }

  private static String algorithm(Key key) {
    if (key instanceof ECKey curve) {
      return curve.getParams().getOrder().bitLength() < P384_BITS
          ? "SHA256withECDSA"
          : "SHA384withECDSA";
    }
    return "SHA256withRSA";
  }

  /**
   * A root of its own. How many authorities may stand below it is not bounded: a root that follows
   * it counts as one while it vouches for that.
   */
  static RootFile.Root root(String trustDomain, Instant now, Duration ttl) {
    KeyPair pair = newKeyPair();
    // Of its own name: two roots of one mesh stand beside each other while one follows the other.
    String number = new BigInteger(Integer.SIZE, RANDOM).toString(Character.MAX_RADIX);
    X500Principal name = new X500Principal("CN=Endomesh root " + number + ", O=" + trustDomain);
    try {
      X509v3CertificateBuilder builder =
          authority(name, name, pair.getPublic(), now, now.plus(ttl), new BasicConstraints(true))
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(
                      new GeneralName(
                          GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain)));
      X509Certificate certificate = certificate(builder, pair.getPrivate());
      return new RootFile.Root(pair.getPrivate(), certificate, List.of());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make a root certificate", e);
    }
  }

  /** An authority below a root, which signs leaves and nothing else. */
  static Issuer intermediate(RootFile.Root root, String trustDomain, Instant now, Duration ttl) {
    KeyPair pair = newKeyPair();
    Instant end = earlier(now.plus(ttl), root.certificate().getNotAfter().toInstant());
    try {
      X509v3CertificateBuilder builder =
          authority(
                  root.certificate().getSubjectX500Principal(),
                  new X500Principal("CN=Endomesh intermediate, O=" + trustDomain),
                  pair.getPublic(),
                  now,
                  end,
                  new BasicConstraints(0))
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils()
                      .createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
      X509Certificate certificate = certificate(builder, root.key());
      return new Issuer(pair.getPrivate(), List.of(certificate, root.certificate()));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make an intermediate certificate", e);
    }
  }

  /** A root as another root vouches for it: of the same name and key, until either ends. */
  static X509Certificate vouch(RootFile.Root by, X509Certificate root, Instant now) {
    try {
      return certificate(
          authority(
              by.certificate().getSubjectX500Principal(),
              root.getSubjectX500Principal(),
              root.getPublicKey(),
              now,
              earlier(root.getNotAfter().toInstant(), by.certificate().getNotAfter().toInstant()),
              new BasicConstraints(true)),
          by.key());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot vouch for a root certificate", e);
    }
  }

  /** A request for a certificate of these names, in PEM. */
  static String request(KeyPair pair, GeneralNames names) {
    try {
      ExtensionsGenerator extensions = new ExtensionsGenerator();
      extensions.addExtension(Extension.subjectAlternativeName, true, names);
      return PemFile.text(
          new JcaPKCS10CertificationRequestBuilder(new X500Principal(""), pair.getPublic())
              .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, extensions.generate())
              .build(signer(pair.getPrivate())));
    } catch (IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make a request for a certificate", e);
    }
  }

  /**
   * A list of revoked certificates; each stays on it until it has ended.
   *
   * @throws NotIssued if a token has the key of {@code issuer}, and does not sign
   */
  static X509CRL revocations(Issuer issuer, Map<BigInteger, Instant> revoked, Instant now) {
    try {
      X509v2CRLBuilder builder =
          new JcaX509v2CRLBuilder(
              issuer.certificate().getSubjectX500Principal(), Date.from(now.minus(CLOCK_SKEW)));
      for (BigInteger serial : new TreeSet<>(revoked.keySet())) {
        builder.addCRLEntry(serial, Date.from(now), CRLReason.keyCompromise);
      }
      return issuer.signing(signer -> new JcaX509CRLConverter().getCRL(builder.build(signer)));
    } catch (GeneralSecurityException | OperatorCreationException e) {
      throw new IllegalStateException("cannot sign a list of revoked certificates", e);
    }
  }

  private static X509v3CertificateBuilder authority(
      X500Principal issuer,
      X500Principal subject,
      PublicKey key,
      Instant now,
      Instant end,
      BasicConstraints constraints)
      throws GeneralSecurityException, CertIOException {
    return builder(issuer, subject, key, now, end)
        .addExtension(Extension.basicConstraints, true, constraints)
        .addExtension(Extension.keyUsage, true, new KeyUsage(AUTHORITY_USAGE))
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
  }

  static X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, PublicKey key, Instant now, Instant end) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(end),
        subject,
        key);
  }

  static X509Certificate certificate(X509v3CertificateBuilder builder, PrivateKey key)
      throws OperatorCreationException, GeneralSecurityException {
    return certificate(builder, signer(key));
  }

  static X509Certificate certificate(X509v3CertificateBuilder builder, ContentSigner signer)
      throws GeneralSecurityException {
    return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
  }

  static Instant earlier(Instant one, Instant other) {
    return one.isBefore(other) ? one : other;
  }
}
