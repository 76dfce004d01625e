package io.endomesh.controller.ca;

import io.endomesh.dataplane.trail.TrailTokens;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.Date;
import java.util.HexFormat;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;
import org.jspecify.annotations.Nullable;

/**
 * The root of trust of one mesh: it signs the certificates of workloads and of the controller. Made
 * on the first start, kept in the data directory. Thread-safe.
 */
public final class CertificateAuthority {

  /** As long as istiod's self-signed root. */
  private static final Duration ROOT_TTL = Duration.ofDays(3650);

  /** Clocks of two machines may differ; a certificate is valid on both at once. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(1);

  /** P-256: the smallest curve that every TLS 1.3 implementation has (RFC 8446, section 9.1). */
  private static final ECGenParameterSpec CURVE = new ECGenParameterSpec("secp256r1");

  private static final String SIGNATURE = "SHA256withECDSA";

  /** RFC 5280, section 4.1.2.2: up to 20 bytes; 16 random ones never meet. */
  private static final int SERIAL_BITS = 127;

  private static final SecureRandom RANDOM = new SecureRandom();

  private final RootFile.Root root;
  private final String trustDomain;
  private final Duration workloadTtl;
  private final Clock clock;

  private CertificateAuthority(
      RootFile.Root root, String trustDomain, Duration workloadTtl, Clock clock) {
    this.root = root;
    this.trustDomain = trustDomain;
    this.workloadTtl = workloadTtl;
    this.clock = clock;
  }

  /**
   * Reads the root of {@code directory}, or makes one there.
   *
   * @param workloadTtl how long a workload certificate lives at most
   */
  public static CertificateAuthority open(
      Path directory, String trustDomain, Duration workloadTtl, Clock clock) throws IOException {
    Path file = directory.resolve("root.pem");
    RootFile.Root root;
    if (Files.exists(file)) {
      root = RootFile.read(file);
    } else {
      root = createRoot(trustDomain, clock);
      RootFile.write(file, root);
    }
    return new CertificateAuthority(root, trustDomain, workloadTtl, clock);
  }

  public String trustDomain() {
    return trustDomain;
  }

  public X509Certificate rootCertificate() {
    return root.certificate();
  }

  /** As a join string carries it: {@code sha256:} and the hex digest of the root certificate. */
  public String fingerprint() {
    return fingerprint(root.certificate());
  }

  public static String fingerprint(X509Certificate certificate) {
    try {
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
      return "sha256:" + HexFormat.of().formatHex(digest);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("a certificate without an encoding", e);
    }
  }

  /**
   * A certificate for the key of {@code request}, in the name of {@code identity} and nobody else.
   *
   * @param attestation that it carries
   * @param requestedTtl shortens the configured time; zero or more than it: the configured time
   * @return leaf first, root last
   */
  List<X509Certificate> issue(
      SigningRequest request,
      WorkloadIdentity identity,
      Attestation attestation,
      Duration requestedTtl) {
    Duration ttl =
        requestedTtl.isZero()
                || requestedTtl.isNegative()
                || requestedTtl.compareTo(workloadTtl) > 0
            ? workloadTtl
            : requestedTtl;
    GeneralName name =
        new GeneralName(GeneralName.uniformResourceIdentifier, identity.spiffeId(trustDomain));
    return sign(
        request.publicKey(),
        new X500Principal("CN=" + identity.service() + "." + identity.namespace()),
        new GeneralNames(name),
        attestation,
        ttl,
        KeyPurposeId.id_kp_serverAuth,
        KeyPurposeId.id_kp_clientAuth);
  }

  /**
   * A token by which workloads tell what they did with a request that carries it, see {@link
   * TrailTokens}. It is no certificate and cannot be taken for one.
   *
   * @throws IllegalArgumentException if it would be good for too long, or not at all
   */
  public String trailToken(Duration good) {
    try {
      return TrailTokens.issue(root.key(), clock.instant(), good);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("cannot sign a trail token", e);
    }
  }

  /** A private key and the chain that vouches for it, leaf first. */
  public record KeyAndChain(PrivateKey key, List<X509Certificate> chain) {}

  /**
   * The controller's own certificate, with a new key.
   *
   * @param addresses host names and IP addresses at which agents reach it
   */
  public KeyAndChain serverCertificate(Collection<String> addresses, Duration ttl) {
    KeyPair pair = newKeyPair();
    GeneralName[] names =
        addresses.stream()
            .distinct()
            .map(
                address ->
                    IPAddress.isValid(address)
                        ? new GeneralName(GeneralName.iPAddress, address)
                        : new GeneralName(GeneralName.dNSName, address))
            .toArray(GeneralName[]::new);
    List<X509Certificate> chain =
        sign(
            pair.getPublic(),
            new X500Principal("CN=endomesh-controller"),
            new GeneralNames(names),
            null,
            ttl,
            KeyPurposeId.id_kp_serverAuth);
    return new KeyAndChain(pair.getPrivate(), chain);
  }

  private List<X509Certificate> sign(
      PublicKey key,
      X500Principal subject,
      GeneralNames names,
      @Nullable Attestation attestation,
      Duration ttl,
      KeyPurposeId... purposes) {
    Instant now = clock.instant();
    try {
      JcaX509ExtensionUtils ids = new JcaX509ExtensionUtils();
      X509v3CertificateBuilder builder =
          builder(root.certificate().getSubjectX500Principal(), subject, key, now, ttl)
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(false))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purposes))
              .addExtension(Extension.subjectAlternativeName, false, names)
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  ids.createAuthorityKeyIdentifier(root.certificate().getPublicKey()));
      if (attestation != null) {
        // Not critical: peers, Envoy and gRPC's own among them, have no use for it.
        builder.addExtension(Attestation.EXTENSION, false, attestation.extension());
      }
      return List.of(certificate(builder, root.key()), root.certificate());
    } catch (GeneralSecurityException | IOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot sign a certificate for " + subject, e);
    }
  }

  private static RootFile.Root createRoot(String trustDomain, Clock clock) {
    KeyPair pair = newKeyPair();
    X500Principal name = new X500Principal("CN=Endomesh root, O=" + trustDomain);
    try {
      X509v3CertificateBuilder builder =
          builder(name, name, pair.getPublic(), clock.instant(), ROOT_TTL)
              // No authority below this one: a leaf can sign nothing.
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign))
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  new GeneralNames(
                      new GeneralName(
                          GeneralName.uniformResourceIdentifier, "spiffe://" + trustDomain)))
              .addExtension(
                  Extension.subjectKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
      return new RootFile.Root(pair.getPrivate(), certificate(builder, pair.getPrivate()));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("cannot make a root certificate", e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Principal issuer, X500Principal subject, PublicKey key, Instant now, Duration ttl) {
    return new JcaX509v3CertificateBuilder(
        issuer,
        new BigInteger(SERIAL_BITS, RANDOM).setBit(SERIAL_BITS),
        Date.from(now.minus(CLOCK_SKEW)),
        Date.from(now.plus(ttl)),
        subject,
        key);
  }

  private static X509Certificate certificate(X509v3CertificateBuilder builder, PrivateKey signer)
      throws OperatorCreationException, GeneralSecurityException {
    return new JcaX509CertificateConverter()
        .getCertificate(builder.build(new JcaContentSignerBuilder(SIGNATURE).build(signer)));
  }

  private static KeyPair newKeyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(CURVE, RANDOM);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK has no P-256", e);
    }
  }
}
