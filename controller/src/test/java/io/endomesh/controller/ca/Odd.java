package io.endomesh.controller.ca;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;

/** Authorities as others make them, and as nobody should. */
final class Odd {

  /** A certificate with its key. */
  record Pair(KeyPair keys, X509Certificate certificate) {}

  private Odd() {}

  static KeyPair keys(String algorithm, int bits) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(bits);
    return generator.generateKeyPair();
  }

  /**
   * @param by null for a root
   */
  static Pair authority(
      String name,
      KeyPair keys,
      Pair by,
      BasicConstraints constraints,
      int usage,
      Instant begin,
      Duration life)
      throws Exception {
    X500Principal subject = new X500Principal("CN=" + name);
    X509v3CertificateBuilder builder =
        Signing.builder(
                by == null ? subject : by.certificate().getSubjectX500Principal(),
                subject,
                keys.getPublic(),
                begin,
                begin.plus(life))
            .addExtension(Extension.basicConstraints, true, constraints)
            .addExtension(Extension.keyUsage, true, new KeyUsage(usage));
    return new Pair(
        keys, Signing.certificate(builder, (by == null ? keys : by.keys()).getPrivate()));
  }

  /** As they were before there were intermediates. */
  static Path rootOfPathLengthZero(Path directory, Instant now) throws Exception {
    Pair root =
        authority(
            "Endomesh root, O=endomesh.local",
            keys("EC", 256),
            null,
            new BasicConstraints(0),
            KeyUsage.keyCertSign | KeyUsage.cRLSign,
            now,
            Duration.ofDays(3650));
    Path file = directory.resolve("old-root.pem");
    RootFile.write(
        file, new RootFile.Root(root.keys().getPrivate(), root.certificate(), List.of()));
    return file;
  }

  /** None, and nowhere to keep them but in memory. */
  static Revocations revocations(Clock clock) {
    return new Revocations(new FactsInMemory(), clock);
  }

  static Path pem(Path file, Object... parts) throws Exception {
    StringBuilder text = new StringBuilder();
    for (Object part : parts) {
      text.append(
          PemFile.text(
              part instanceof KeyPair keys
                  ? new JcaPKCS8Generator(keys.getPrivate(), null)
                  : part));
    }
    return Files.writeString(file, text);
  }
}
