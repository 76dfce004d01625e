package io.endomesh.xds;

import io.endomesh.xds.identity.Credentials;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** A certificate authority made with Bouncy Castle, to read back what was encoded by hand. */
public final class TestAuthority {

  private final KeyPair key = newKey();
  private final AtomicLong serial = new AtomicLong(1);
  private final X500Principal name;
  private final X509Certificate root;

  public TestAuthority() {
    this("test root");
  }

  public TestAuthority(String name) {
    this.name = new X500Principal("CN=" + name);
    this.root =
        sign(key.getPublic(), this.name, true, null, Instant.now().plus(Duration.ofDays(1)));
  }

  /** Another's root, as this one vouches for it. */
  public X509Certificate vouch(X509Certificate other) {
    return sign(
        other.getPublicKey(),
        other.getSubjectX500Principal(),
        true,
        null,
        Instant.now().plus(Duration.ofDays(1)));
  }

  public static KeyPair newKey() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public X509Certificate root() {
    return root;
  }

  public String fingerprint() throws Exception {
    return "sha256:"
        + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(root.getEncoded()));
  }

  /** The controller's own: without a SPIFFE id. */
  public X509Certificate server(PublicKey subject) {
    return sign(
        subject,
        new X500Principal("CN=controller"),
        false,
        "spiffe://endomesh.local/ns/endomesh-system/sa/controller",
        Instant.now().plus(Duration.ofHours(1)));
  }

  /** Of a server that is no part of the mesh, vouched for by the same root. */
  public X509Certificate otherServer(PublicKey subject) {
    return sign(
        subject, new X500Principal("CN=www"), false, null, Instant.now().plus(Duration.ofHours(1)));
  }

  public X509Certificate workload(PublicKey subject, String namespace, String service) {
    return workload(subject, namespace, service, Instant.now().plus(Duration.ofHours(1)));
  }

  public X509Certificate workload(
      PublicKey subject, String namespace, String service, Instant end) {
    return sign(
        subject,
        new X500Principal("CN=" + service),
        false,
        "spiffe://endomesh.local/ns/" + namespace + "/sa/" + service,
        end);
  }

  public X509Certificate workload(
      PublicKey subject, String namespace, String service, Instant begin, Instant end) {
    return sign(
        subject,
        new X500Principal("CN=" + service),
        false,
        "spiffe://endomesh.local/ns/" + namespace + "/sa/" + service,
        begin,
        end);
  }

  /** Of whatever id. */
  public X509Certificate svid(PublicKey subject, String spiffeId, Instant end) {
    return sign(subject, new X500Principal("CN=svid"), false, spiffeId, end);
  }

  public Credentials credentials(String namespace, String service) {
    KeyPair pair = newKey();
    return new Credentials(
        List.of(workload(pair.getPublic(), namespace, service)), pair.getPrivate(), List.of(root));
  }

  /** What Bouncy Castle reads in a request, after checking that it is signed by its own key. */
  public static JcaPKCS10CertificationRequest read(String pem) throws Exception {
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      JcaPKCS10CertificationRequest request =
          new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject());
      if (!request.isSignatureValid(
          new JcaContentVerifierProviderBuilder().build(request.getPublicKey()))) {
        throw new IllegalArgumentException("the request is not signed by its key");
      }
      return request;
    }
  }

  public static String pem(X509Certificate certificate) throws Exception {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(certificate);
    }
    return text.toString();
  }

  private X509Certificate sign(
      PublicKey subjectKey, X500Principal subject, boolean authority, String uri, Instant end) {
    Instant begin = Instant.now().minus(Duration.ofMinutes(1));
    return sign(
        subjectKey,
        subject,
        authority,
        uri,
        begin.isBefore(end) ? begin : end.minusSeconds(60),
        end);
  }

  private X509Certificate sign(
      PublicKey subjectKey,
      X500Principal subject,
      boolean authority,
      String uri,
      Instant begin,
      Instant end) {
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              name,
              BigInteger.valueOf(serial.getAndIncrement()),
              Date.from(begin),
              Date.from(end),
              subject,
              subjectKey);
      builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
      if (uri != null) {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.uniformResourceIdentifier, uri)));
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
