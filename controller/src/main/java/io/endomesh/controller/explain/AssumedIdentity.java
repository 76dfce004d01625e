package io.endomesh.controller.explain;

import io.endomesh.dataplane.identity.Identity;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An identity to think with: its certificate is signed by itself, so nobody trusts it, and it never
 * leaves this process. The data plane needs one to decide as a workload that has its certificate.
 * Stateless.
 */
final class AssumedIdentity {

  /** Any curve and time would do. */
  private static final ECGenParameterSpec CURVE = new ECGenParameterSpec("secp256r1");

  private AssumedIdentity() {}

  static Identity of(String spiffeId) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(CURVE);
      KeyPair pair = generator.generateKeyPair();
      X509Certificate certificate = certificate(pair, spiffeId);
      return new Identity(List.of(certificate), pair.getPrivate(), List.of(certificate));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new IllegalStateException("no certificate can be made for " + spiffeId, e);
    }
  }

  private static X509Certificate certificate(KeyPair pair, String spiffeId)
      throws GeneralSecurityException, CertIOException, OperatorCreationException {
    X500Principal name = new X500Principal("CN=assumed");
    Instant now = Instant.now();
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.valueOf(ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE)),
                    Date.from(now),
                    Date.from(now.plus(1, ChronoUnit.HOURS)),
                    name,
                    pair.getPublic())
                .addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(
                        new GeneralName(GeneralName.uniformResourceIdentifier, spiffeId)))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
  }
}
