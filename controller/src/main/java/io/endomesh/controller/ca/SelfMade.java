package io.endomesh.controller.ca;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A root made on the first start, kept in the data directory, and an intermediate below it that
 * signs. The intermediate is made anew at half of its life, which nobody has to be told: it comes
 * with each chain. Thread-safe.
 */
final class SelfMade implements IssuerSource {

  private static final Logger log = LoggerFactory.getLogger(SelfMade.class);

  /** As long as istiod's self-signed root. */
  static final Duration ROOT_TTL = Duration.ofDays(3650);

  private static final Duration INTERMEDIATE_TTL = Duration.ofDays(365);

  private final Path rootFile;
  private final Path issuerFile;
  private final String trustDomain;
  private final Clock clock;

  private final RootFile.Root root;
  private volatile Issuer issuer;

  private SelfMade(Path directory, String trustDomain, Clock clock) throws IOException {
    this.rootFile = directory.resolve("root.pem");
    this.issuerFile = directory.resolve("issuer.pem");
    this.trustDomain = trustDomain;
    this.clock = clock;
    if (Files.exists(rootFile)) {
      root = RootFile.read(rootFile);
    } else {
      root = Signing.root(trustDomain, clock.instant(), ROOT_TTL);
      RootFile.write(rootFile, root);
    }
    issuer = below(root);
  }

  static SelfMade open(Path directory, String trustDomain, Clock clock) throws IOException {
    SelfMade opened = new SelfMade(directory, trustDomain, clock);
    if (!opened.root.hasRoomBelow()) {
      log.warn(
          "{}: the root was made by an earlier version and may have no authority below it, so it"
              + " signs certificates itself",
          opened.rootFile);
    }
    return opened;
  }

  @Override
  public Issuer issuer() {
    return issuer;
  }

  @Override
  public List<X509Certificate> roots() {
    return List.of(root.certificate());
  }

  @Override
  public List<X509Certificate> vouchers() {
    return root.vouchers();
  }

  @Override
  public synchronized void tick() throws IOException {
    if (isHalfOver(issuer.certificate()) && root.hasRoomBelow()) {
      issuer = below(root);
    }
  }

  /** What is kept if it is good, else a new one. */
  private Issuer below(RootFile.Root root) throws IOException {
    if (!root.hasRoomBelow()) {
      return new Issuer(root.key(), List.of(root.certificate()));
    }
    Issuer kept = kept(root.certificate());
    if (kept != null && !isHalfOver(kept.certificate())) {
      return kept;
    }
    Issuer made = Signing.intermediate(root, trustDomain, clock.instant(), INTERMEDIATE_TTL);
    SecretFile.write(
        issuerFile,
        PemFile.text(new JcaPKCS8Generator(made.key(), null)) + PemFile.text(made.certificate()));
    return made;
  }

  /** Null if there is none that this root has signed; then the file is worth nothing. */
  private @Nullable Issuer kept(X509Certificate root) throws IOException {
    if (!Files.exists(issuerFile)) {
      return null;
    }
    try {
      PemFile pem = PemFile.read(issuerFile);
      if (pem.keys().size() != 1 || pem.certificates().size() != 1) {
        return null;
      }
      X509Certificate certificate = pem.certificates().get(0);
      certificate.verify(root.getPublicKey());
      return new Issuer(pem.keys().get(0), List.of(certificate, root));
    } catch (PemFile.Unreadable | GeneralSecurityException notOfThisRoot) {
      return null;
    }
  }

  private boolean isHalfOver(X509Certificate certificate) {
    Instant begin = certificate.getNotBefore().toInstant();
    Duration life = Duration.between(begin, certificate.getNotAfter().toInstant());
    return clock.instant().isAfter(begin.plus(life.dividedBy(2)));
  }
}
