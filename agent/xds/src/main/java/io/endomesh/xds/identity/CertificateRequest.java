package io.endomesh.xds.identity;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Signature;

/**
 * A new key, made here and never sent, and the request for its certificate (PKCS #10, RFC 2986).
 * Immutable.
 *
 * <p>The JDK offers no way to make a request, and Bouncy Castle's would be half of the agent's
 * size. The request has one name in it and some forty lines of DER, so it is written by hand; the
 * tests read it back with Bouncy Castle.
 *
 * @param pem the request
 */
public record CertificateRequest(PrivateKey key, String pem) {

  private static final String EXTENSION_REQUEST = "1.2.840.113549.1.9.14";
  private static final String SUBJECT_ALT_NAME = "2.5.29.17";

  /** GeneralName uniformResourceIdentifier (RFC 5280, section 4.2.1.6). */
  private static final int URI_NAME = 6;

  /**
   * @param spiffeId who we say we are; the controller believes only what the token or the present
   *     certificate proves
   */
  public static CertificateRequest create(String spiffeId, KeyKind kind)
      throws GeneralSecurityException {
    KeyPair pair = kind.make();

    byte[] names = Der.sequence(Der.text(URI_NAME, spiffeId));
    byte[] extensions =
        Der.sequence(Der.sequence(Der.objectIdentifier(SUBJECT_ALT_NAME), Der.octetString(names)));
    byte[] attribute = Der.sequence(Der.objectIdentifier(EXTENSION_REQUEST), Der.set(extensions));
    byte[] emptySubject = Der.sequence();
    byte[] info =
        Der.sequence(
            Der.zero(), emptySubject, pair.getPublic().getEncoded(), Der.explicit(0, attribute));

    Signature signature = kind.signature();
    signature.initSign(pair.getPrivate());
    signature.update(info);
    byte[] request =
        Der.sequence(
            info,
            Der.sequence(Der.objectIdentifier(kind.signatureId())),
            Der.bitString(signature.sign()));
    return new CertificateRequest(pair.getPrivate(), Pem.encode("CERTIFICATE REQUEST", request));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return pem;
  }
}
