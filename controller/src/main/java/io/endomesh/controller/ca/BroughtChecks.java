package io.endomesh.controller.ca;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECKey;
import java.security.interfaces.RSAKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.ContentVerifier;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether brought certificates can do what a mesh needs. What it says names the option and
 * the file.
 */
final class BroughtChecks {

  /** NIST SP 800-131A: smaller RSA keys are disallowed; so are curves below 224 bits. */
  private static final int MIN_RSA_BITS = 2048;

  private static final int MIN_EC_BITS = 256;

  /** Bit 5 of keyUsage (RFC 5280, section 4.2.1.3). */
  private static final int KEY_CERT_SIGN = 5;

  /** Of a workload's certificate: an issuer that ends before is of no use. */
  private static final Duration LEAST_LIFE = Duration.ofHours(24);

  private final String option;
  private final Path file;
  private final Clock clock;

  BroughtChecks(String option, Path file, Clock clock) {
    this.option = option;
    this.file = file;
    this.clock = clock;
  }

  /**
   * @param all the certificate that signs first, the others in any order
   * @param token that has the key; null if the key is here
   */
  Issuer issuer(PrivateKey key, List<X509Certificate> all, @Nullable Token token)
      throws IOException {
    X509Certificate signing = all.get(0);
    requireAuthority(signing);
    requireStrength(signing.getPublicKey());
    requireSameKey(new Issuer(key, List.of(signing), token));
    List<X509Certificate> chain = new ArrayList<>();
    for (X509Certificate next = signing; next != null; next = above(next, all)) {
      requireAuthority(next);
      requireTime(next);
      requireRoom(next, chain.size());
      chain.add(next);
      if (isRoot(next)) {
        requirePkix(chain);
        return new Issuer(key, chain, token);
      }
    }
    X509Certificate last = chain.get(chain.size() - 1);
    throw Brought.wrong(
        option,
        file,
        "the certificate of " + name(last.getIssuerX500Principal().getName()) + " is missing",
        "all up to the root, here or in --ca-chain");
  }

  /**
   * All that are brought: of an earlier or a later authority as well, while one follows another.
   */
  List<X509Certificate> roots(List<X509Certificate> all) throws IOException {
    Set<X509Certificate> roots = new LinkedHashSet<>();
    for (X509Certificate certificate : all) {
      if (isRoot(certificate)) {
        requireAuthority(certificate);
        requireStrength(certificate.getPublicKey());
        roots.add(certificate);
      }
    }
    return List.copyOf(roots);
  }

  /** The issuer's root as other roots that are brought vouch for it. */
  List<X509Certificate> vouchers(X509Certificate root, List<X509Certificate> all) {
    List<X509Certificate> vouchers = new ArrayList<>();
    for (X509Certificate certificate : all) {
      if (!isRoot(certificate)
          && certificate.getSubjectX500Principal().equals(root.getSubjectX500Principal())
          && certificate.getPublicKey().equals(root.getPublicKey())) {
        vouchers.add(certificate);
        X509Certificate by = above(certificate, all);
        if (by != null) {
          vouchers.add(by);
        }
      }
    }
    return vouchers;
  }

  static @Nullable X509Certificate above(X509Certificate certificate, List<X509Certificate> all) {
    for (X509Certificate each : all) {
      if (!each.equals(certificate)
          && each.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
          && isSignedBy(certificate, each.getPublicKey())) {
        return each;
      }
    }
    return null;
  }

  static boolean isRoot(X509Certificate certificate) {
    return certificate.getSubjectX500Principal().equals(certificate.getIssuerX500Principal())
        && isSignedBy(certificate, certificate.getPublicKey());
  }

  private static boolean isSignedBy(X509Certificate certificate, PublicKey key) {
    try {
      certificate.verify(key);
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private void requireAuthority(X509Certificate certificate) throws IOException {
    if (certificate.getBasicConstraints() < 0) {
      throw wrong(certificate, "CA:FALSE", "an authority's, CA:TRUE");
    }
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[KEY_CERT_SIGN]) {
      throw wrong(certificate, "key usage without keyCertSign", "keyCertSign");
    }
  }

  private void requireRoom(X509Certificate certificate, int below) throws IOException {
    if (certificate.getBasicConstraints() < below) {
      throw wrong(
          certificate,
          "path length " + certificate.getBasicConstraints(),
          "at least " + below + ", as many authorities stand below it");
    }
  }

  private void requireTime(X509Certificate certificate) throws IOException {
    Instant now = clock.instant();
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (begin.isAfter(now)) {
      throw wrong(certificate, "not valid before " + begin, "valid now, " + now);
    }
    if (end.isBefore(now.plus(LEAST_LIFE))) {
      throw wrong(certificate, "ends at " + end, "24 hours of life at least");
    }
  }

  private void requireStrength(PublicKey key) throws IOException {
    String weakness = weakness(key);
    if (weakness != null) {
      throw wrong(weakness, (key instanceof RSAKey ? MIN_RSA_BITS : MIN_EC_BITS) + " or more");
    }
    if (!(key instanceof RSAKey) && !(key instanceof ECKey)) {
      throw wrong("key of algorithm " + key.getAlgorithm(), "RSA or EC");
    }
  }

  /** Null if the key is strong enough for an authority. */
  static @Nullable String weakness(PublicKey key) {
    if (key instanceof RSAKey rsa && rsa.getModulus().bitLength() < MIN_RSA_BITS) {
      return "RSA key of " + rsa.getModulus().bitLength() + " bits";
    }
    if (key instanceof ECKey curve && curve.getParams().getOrder().bitLength() < MIN_EC_BITS) {
      return "EC key of " + curve.getParams().getOrder().bitLength() + " bits";
    }
    return null;
  }

  private void requireSameKey(Issuer issuer) throws IOException {
    try {
      if (issuer.signing(signer -> fits(signer, issuer.certificate()))) {
        return;
      }
    } catch (NotIssued e) {
      throw wrong(String.valueOf(e.getMessage()), "a key that may sign");
    } catch (GeneralSecurityException | OperatorCreationException | RuntimeException notThisKey) {
      // Of another kind than the certificate's: the sentence is the same.
    }
    throw Brought.wrong(
        option,
        file,
        "its key is another than the one that was brought",
        "the key of the first" + " certificate");
  }

  private static boolean fits(ContentSigner signer, X509Certificate certificate)
      throws GeneralSecurityException, OperatorCreationException {
    byte[] probe = new byte[32];
    new SecureRandom().nextBytes(probe);
    ContentVerifier verifier =
        new JcaContentVerifierProviderBuilder()
            .build(new JcaX509CertificateHolder(certificate))
            .get(signer.getAlgorithmIdentifier());
    try {
      signer.getOutputStream().write(probe);
      verifier.getOutputStream().write(probe);
    } catch (IOException e) {
      throw new IllegalStateException("what cannot be written to memory", e);
    }
    return verifier.verify(signer.getSignature());
  }

  /** Names, signatures and what else a workload's JVM will look at. */
  private void requirePkix(List<X509Certificate> chain) throws IOException {
    int last = chain.size() - 1;
    if (last == 0) {
      return;
    }
    try {
      PKIXParameters parameters =
          new PKIXParameters(Set.of(new TrustAnchor(chain.get(last), null)));
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(clock.instant()));
      CertPathValidator.getInstance("PKIX")
          .validate(
              CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, last)),
              parameters);
    } catch (CertPathValidatorException e) {
      throw wrong("its chain is not valid: " + e.getMessage(), "a chain that PKIX takes");
    } catch (GeneralSecurityException e) {
      throw wrong("its chain cannot be checked: " + e.getMessage(), "a chain that PKIX takes");
    }
  }

  private IOException wrong(X509Certificate certificate, String what, String expected) {
    return wrong(name(certificate.getSubjectX500Principal().getName()) + ": " + what, expected);
  }

  private IOException wrong(String what, String expected) {
    return Brought.wrong(option, file, what, expected);
  }

  private static String name(String distinguished) {
    return distinguished.isEmpty() ? "(no name)" : distinguished;
  }
}
