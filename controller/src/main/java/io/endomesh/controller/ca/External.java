package io.endomesh.controller.ca;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An authority that is elsewhere, and is asked by a command for each certificate. No key of it is
 * here. Thread-safe.
 */
final class External implements IssuerSource {

  private static final Logger log = LoggerFactory.getLogger(External.class);

  private final SigningCommand command;
  private final AnswerChecks checks;
  private final BroughtChecks rootChecks;
  private final List<X509Certificate> given;
  private final List<X509Certificate> roots;

  /** Signs lists of what is revoked, which agents take from the controller, and nothing else. */
  private final PrivateKey listKey = Signing.newKeyPair().getPrivate();

  private final AtomicLong issued = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile @Nullable String failure;

  /** Of the newest certificate. */
  private volatile Issuer issuer;

  private External(
      SigningCommand command,
      List<X509Certificate> given,
      List<X509Certificate> roots,
      BroughtChecks rootChecks,
      Clock clock) {
    this.command = command;
    this.given = List.copyOf(given);
    this.roots = List.copyOf(roots);
    this.rootChecks = rootChecks;
    this.checks = new AnswerChecks(roots, clock);
    this.issuer = new Issuer(listKey, List.of(roots.get(0)));
  }

  static External open(AuthoritySource.Command from, Clock clock) throws IOException {
    return open(from, SigningCommand.PATIENCE, clock);
  }

  static External open(AuthoritySource.Command from, Duration patience, Clock clock)
      throws IOException {
    PemFile pem = Brought.pem("ca-root", from.roots());
    BroughtChecks checks = new BroughtChecks("ca-root", from.roots(), clock);
    List<X509Certificate> roots = checks.roots(pem.certificates());
    if (roots.isEmpty()) {
      throw Brought.wrong(
          "ca-root", from.roots(), "no root in it", "a certificate signed by itself");
    }
    Instant now = clock.instant();
    if (roots.stream().noneMatch(root -> root.getNotAfter().toInstant().isAfter(now))) {
      throw Brought.wrong("ca-root", from.roots(), "all roots have ended", "one that holds");
    }
    return new External(
        new SigningCommand(from.command(), patience), pem.certificates(), roots, checks, clock);
  }

  /** From the certificate that was asked for to the root, and what vouches for that. */
  List<X509Certificate> certify(CertificateOrder order) throws NotIssued {
    try {
      List<X509Certificate> chain =
          checks.chain(command.run(order.csr(), order.variables()), order);
      issued.incrementAndGet();
      issuer = new Issuer(listKey, chain.subList(1, chain.size()));
      return chain;
    } catch (NotIssued e) {
      failed.incrementAndGet();
      failure = e.getMessage();
      log.warn("No certificate for {}: {}", order.spiffeId(), e.getMessage());
      throw e;
    }
  }

  CertificateAuthority.CommandCounts counts() {
    return new CertificateAuthority.CommandCounts(issued.get(), failed.get(), failure);
  }

  /** Its key is that of lists: it signs no certificate. */
  @Override
  public Issuer issuer() {
    return issuer;
  }

  /** Which authority below the root it was does not matter: there may be several. */
  @Override
  public X509Certificate signer() {
    return issuer.root();
  }

  @Override
  public List<X509Certificate> roots() {
    return roots;
  }

  @Override
  public List<X509Certificate> vouchers() {
    return rootChecks.vouchers(issuer.root(), new ArrayList<>(given));
  }

  @Override
  public String kind() {
    return "command";
  }

  @Override
  public void rotate(boolean hurried) {
    throw new IllegalStateException(
        "the authority is asked by --ca-command, and its next root is made there (expected: start"
            + " the controller with both roots in --ca-root, see docs/authority.md)");
  }
}
