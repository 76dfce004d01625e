package io.endomesh.controller.ca;

import io.endomesh.controller.ca.Rotation.Phase;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A root made on the first start, kept in the data directory, and an intermediate below it that
 * signs. The intermediate is made anew at half of its life, which nobody has to be told: it comes
 * with each chain. Another root can follow, see {@link Rotation}. Each change is one file that is
 * replaced whole, so that a crash leaves the state before or after it. Thread-safe.
 */
final class SelfMade implements IssuerSource {

  private static final Logger log = LoggerFactory.getLogger(SelfMade.class);

  /** As long as istiod's self-signed root. */
  static final Duration ROOT_TTL = Duration.ofDays(3650);

  private static final Duration INTERMEDIATE_TTL = Duration.ofDays(365);

  /** A root is followed by another when this share of its life is left: two years of ten. */
  private static final int LEFT = 5;

  /** Roots before the present one that join strings may still name; each makes chains longer. */
  private static final int MAX_VOUCHERS = 6;

  private final Path rootFile;
  private final Path nextFile;
  private final Path rotationFile;
  private final Path issuerFile;
  private final String trustDomain;
  private final Duration certificateTtl;
  private final Clock clock;

  /** What holds now; replaced whole. */
  private record State(
      RootFile.Root root,
      RootFile.@Nullable Root next,
      @Nullable Rotation rotation,
      Issuer issuer) {
    RootFile.Root signing() {
      return next != null && rotation != null && rotation.phase() == Phase.SIGN ? next : root;
    }
  }

  private volatile State state;

  private SelfMade(Path directory, String trustDomain, Duration certificateTtl, Clock clock)
      throws IOException {
    this.rootFile = directory.resolve("root.pem");
    this.nextFile = directory.resolve("next.pem");
    this.rotationFile = directory.resolve("rotation.json");
    this.issuerFile = directory.resolve("issuer.pem");
    this.trustDomain = trustDomain;
    this.certificateTtl = certificateTtl;
    this.clock = clock;
    this.state = read();
  }

  static SelfMade open(Path directory, String trustDomain, Duration certificateTtl, Clock clock)
      throws IOException {
    SelfMade opened = new SelfMade(directory, trustDomain, certificateTtl, clock);
    if (!opened.state.root().hasRoomBelow()) {
      log.warn(
          "{}: the root was made by an earlier version and may have no authority below it, so it"
              + " signs certificates itself; `endomesh ca rotate` makes one that does not have to",
          opened.rootFile);
    }
    return opened;
  }

  private State read() throws IOException {
    RootFile.Root root;
    if (SecretFile.exists(rootFile)) {
      root = RootFile.read(rootFile);
    } else {
      root = Signing.root(trustDomain, clock.instant(), ROOT_TTL);
      RootFile.write(rootFile, root);
    }
    Rotation rotation = Rotation.read(rotationFile);
    RootFile.Root next = rotation == null ? null : RootFile.read(nextFile);
    if (next != null && next.certificate().equals(root.certificate())) {
      // Stopped between the last step's two writes.
      forgetRotation();
      next = null;
      rotation = null;
    }
    boolean nextSigns = rotation != null && rotation.phase() == Phase.SIGN && next != null;
    return new State(root, next, rotation, below(nextSigns && next != null ? next : root));
  }

  @Override
  public Issuer issuer() {
    return state.issuer();
  }

  @Override
  public String kind() {
    return "self-made";
  }

  @Override
  public List<X509Certificate> roots() {
    State now = state;
    return now.next() == null
        ? List.of(now.root().certificate())
        : List.of(now.root().certificate(), now.next().certificate());
  }

  @Override
  public List<X509Certificate> vouchers() {
    return state.signing().vouchers();
  }

  @Override
  public @Nullable Rotation rotation() {
    return state.rotation();
  }

  @Override
  public synchronized void rotate(boolean hurried) throws IOException {
    State now = state;
    if (now.rotation() != null) {
      if (now.rotation().hurried() || !hurried) {
        throw new IllegalStateException(
            "a rotation is under way, phase " + now.rotation().phase() + " (expected: none)");
      }
      become(now.root(), now.next(), now.rotation().inAHurry());
      return;
    }
    RootFile.Root made = Signing.root(trustDomain, clock.instant(), ROOT_TTL);
    List<X509Certificate> vouchers = new ArrayList<>();
    vouchers.add(Signing.vouch(now.root(), made.certificate(), clock.instant()));
    vouchers.add(now.root().certificate());
    vouchers.addAll(now.root().vouchers());
    RootFile.Root next =
        new RootFile.Root(
            made.key(),
            made.certificate(),
            vouchers.subList(0, Math.min(vouchers.size(), MAX_VOUCHERS)));
    RootFile.write(nextFile, next);
    become(now.root(), next, new Rotation(Phase.ANNOUNCE, clock.instant(), hurried));
  }

  @Override
  public synchronized void abort() throws IOException {
    State now = state;
    if (now.rotation() == null || now.rotation().phase() == Phase.RETURN) {
      throw new IllegalStateException("no rotation is under way (expected: one)");
    }
    if (now.rotation().phase() == Phase.ANNOUNCE) {
      become(now.root(), null, null);
    } else {
      become(
          now.root(),
          now.next(),
          new Rotation(Phase.RETURN, clock.instant(), now.rotation().hurried()));
    }
  }

  @Override
  public synchronized boolean tick(List<Rotation.Witness> workloads) throws IOException {
    State now = state;
    Rotation rotation = now.rotation();
    RootFile.Root next = now.next();
    Instant instant = clock.instant();
    if (rotation == null || next == null) {
      return begin(now, instant);
    }
    String present = CertificateAuthority.fingerprint(now.root().certificate());
    String follows = CertificateAuthority.fingerprint(next.certificate());
    switch (rotation.phase()) {
      case ANNOUNCE -> {
        if (!rotation.isAnnounced(follows, workloads, instant)) {
          return false;
        }
        become(now.root(), next, new Rotation(Phase.SIGN, instant, rotation.hurried()));
      }
      case SIGN -> {
        if (!rotation.isOver(follows, workloads, certificateTtl, instant)) {
          return false;
        }
        RootFile.write(rootFile, next);
        become(next, null, null);
      }
      case RETURN -> {
        if (!rotation.isOver(present, workloads, certificateTtl, instant)) {
          return false;
        }
        become(now.root(), null, null);
      }
    }
    return true;
  }

  /** What time alone makes necessary. */
  private boolean begin(State now, Instant instant) throws IOException {
    X509Certificate root = now.root().certificate();
    Instant end = root.getNotAfter().toInstant();
    Duration life = Duration.between(root.getNotBefore().toInstant(), end);
    if (instant.isAfter(end.minus(life.dividedBy(LEFT)))) {
      log.warn("the root ends at {}; another begins to follow it", end);
      rotate(/* hurried= */ false);
      return true;
    }
    if (now.root().hasRoomBelow() && isHalfOver(now.issuer().certificate())) {
      state = new State(now.root(), null, null, below(now.root()));
      return true;
    }
    return false;
  }

  private void become(RootFile.Root root, RootFile.@Nullable Root next, @Nullable Rotation rotation)
      throws IOException {
    if (next == null || rotation == null) {
      forgetRotation();
    } else {
      rotation.write(rotationFile);
    }
    boolean nextSigns = next != null && rotation != null && rotation.phase() == Phase.SIGN;
    RootFile.Root signs = next != null && nextSigns ? next : root;
    Issuer issuer = state.issuer();
    state =
        new State(
            root,
            next,
            rotation,
            issuer.root().equals(signs.certificate()) ? issuer : below(signs));
    log.warn(
        "certificate authority: {}, signed by {}",
        rotation == null ? "one root holds" : "rotation, phase " + rotation.phase(),
        CertificateAuthority.fingerprint(signs.certificate()));
  }

  private void forgetRotation() throws IOException {
    SecretFile.delete(rotationFile);
    SecretFile.delete(nextFile);
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
    if (!SecretFile.exists(issuerFile)) {
      return null;
    }
    try {
      PemFile pem = PemFile.ofSecret(issuerFile);
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
