package io.endomesh.controller.ca;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.util.concurrent.atomic.AtomicLong;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What keeps a key and does not give it out, such as a hardware security module: it signs, by PKCS
 * #11. It may be taken away at any time. Thread-safe.
 */
final class Token {

  private static final Logger log = LoggerFactory.getLogger(Token.class);

  private final Provider provider;
  private final AtomicLong signed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile @Nullable String failure;

  Token(Provider provider) {
    this.provider = provider;
  }

  /**
   * @param key a handle: only this token can use it
   * @param counterpart in the certificate; it tells what the handle does not
   * @throws NotIssued if the token does not sign
   */
  <T> T signing(PrivateKey key, PublicKey counterpart, Issuer.Act<T> act) {
    try {
      T made = act.by(signer(key, counterpart));
      signed.incrementAndGet();
      return made;
    } catch (GeneralSecurityException | OperatorCreationException | RuntimeException e) {
      NotIssued why = new NotIssued("--ca-pkcs11: the token does not sign: " + reason(e));
      failed.incrementAndGet();
      failure = why.getMessage();
      log.warn("{}", why.getMessage());
      throw why;
    }
  }

  ContentSigner signer(PrivateKey key, PublicKey counterpart) throws OperatorCreationException {
    return Signing.signer(key, counterpart, provider);
  }

  CertificateAuthority.TokenCounts counts() {
    return new CertificateAuthority.TokenCounts(signed.get(), failed.get(), failure);
  }

  /** The provider wraps what the module says several times: {@code CKR_PIN_INCORRECT}. */
  static String reason(Throwable thrown) {
    Throwable deepest = thrown;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    String message = deepest.getMessage();
    return message == null ? deepest.getClass().getSimpleName() : message;
  }
}
