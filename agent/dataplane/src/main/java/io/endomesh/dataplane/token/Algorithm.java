package io.endomesh.dataplane.token;

import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The signatures that are taken (RFC 7518, RFC 8037): those by a private key. Neither {@code none}
 * nor a secret that both sides share is among them, whatever a token says.
 */
enum Algorithm {
  RS256("RSA", "SHA256withRSA", null),
  RS384("RSA", "SHA384withRSA", null),
  RS512("RSA", "SHA512withRSA", null),
  PS256("RSA", "RSASSA-PSS", pss("SHA-256", 32)),
  PS384("RSA", "RSASSA-PSS", pss("SHA-384", 48)),
  PS512("RSA", "RSASSA-PSS", pss("SHA-512", 64)),
  ES256("P-256", "SHA256withECDSAinP1363Format", null),
  ES384("P-384", "SHA384withECDSAinP1363Format", null),
  ES512("P-521", "SHA512withECDSAinP1363Format", null),
  EdDSA("Ed25519", "Ed25519", null);

  private final String keys;
  private final String jdkName;
  private final @Nullable AlgorithmParameterSpec parameters;

  Algorithm(String keys, String jdkName, @Nullable AlgorithmParameterSpec parameters) {
    this.keys = keys;
    this.jdkName = jdkName;
    this.parameters = parameters;
  }

  private static PSSParameterSpec pss(String digest, int salt) {
    return new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), salt, 1);
  }

  /** Null for any other, {@code none} and {@code HS256} among them. */
  static @Nullable Algorithm of(String name) {
    for (Algorithm algorithm : values()) {
      if (algorithm.name().equals(name)) {
        return algorithm;
      }
    }
    // RFC 9864 names the curve.
    return name.equals("Ed25519") ? EdDSA : null;
  }

  /**
   * @param family {@code RSA}, or the curve
   */
  boolean isOf(String family) {
    return keys.equals(family);
  }

  /** False too for what is no signature at all. */
  boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
    try {
      Signature verifying = Signature.getInstance(jdkName);
      if (parameters != null) {
        verifying.setParameter(parameters);
      }
      verifying.initVerify(key);
      verifying.update(signed);
      return !isZero(signature) && verifying.verify(signature);
    } catch (GeneralSecurityException | RuntimeException noSignature) {
      return false;
    }
  }

  /** CVE-2022-21449: JDKs before 17.0.3 take r = s = 0 for anybody's signature of anything. */
  private static boolean isZero(byte[] signature) {
    for (int i = 0; i < signature.length / 2; i++) {
      if (signature[i] != 0) {
        return isZeroFrom(signature, signature.length / 2);
      }
    }
    return true;
  }

  private static boolean isZeroFrom(byte[] signature, int from) {
    for (int i = from; i < signature.length; i++) {
      if (signature[i] != 0) {
        return false;
      }
    }
    return true;
  }
}
