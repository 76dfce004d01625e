package io.endomesh.xds.identity;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;

/** What kinds of keys a workload may prove itself by. */
public enum KeyKind {

  /** P-256, which every TLS 1.3 implementation has (RFC 8446, section 9.1). */
  EC("EC", "EC", "SHA256withECDSA", "1.2.840.10045.4.3.2") {
    @Override
    KeyPair make() throws GeneralSecurityException {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    }
  },

  /** RFC 8410. BoringSSL, and so Envoy, takes none of a peer unless it is told to. */
  ED25519("Ed25519", "EdDSA", "Ed25519", "1.3.101.112") {
    @Override
    KeyPair make() throws GeneralSecurityException {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
  };

  private final String factory;
  private final String algorithm;
  private final String signature;
  private final String signatureId;

  /**
   * @param factory that reads such keys
   * @param algorithm as keys say of themselves
   * @param signatureId object identifier of the signature
   */
  KeyKind(String factory, String algorithm, String signature, String signatureId) {
    this.factory = factory;
    this.algorithm = algorithm;
    this.signature = signature;
    this.signatureId = signatureId;
  }

  abstract KeyPair make() throws GeneralSecurityException;

  String signatureId() {
    return signatureId;
  }

  /** By which such a key signs, or is checked. */
  Signature signature() throws GeneralSecurityException {
    return Signature.getInstance(signature);
  }

  static KeyKind of(PrivateKey key) throws GeneralSecurityException {
    for (KeyKind kind : values()) {
      if (kind.algorithm.equals(key.getAlgorithm())) {
        return kind;
      }
    }
    throw new GeneralSecurityException(
        "private key: of algorithm " + key.getAlgorithm() + " (expected: EC or Ed25519)");
  }

  /** A key of whichever kind it is (PKCS #8). */
  static PrivateKey read(byte[] encoded) throws GeneralSecurityException {
    for (KeyKind kind : values()) {
      try {
        return KeyFactory.getInstance(kind.factory)
            .generatePrivate(new PKCS8EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException ofAnotherKind) {
        // The next may take it.
        continue;
      }
    }
    throw new InvalidKeySpecException("private key: not readable (expected: EC or Ed25519)");
  }
}
