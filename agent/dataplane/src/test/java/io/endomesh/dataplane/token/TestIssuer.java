package io.endomesh.dataplane.token;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;

/** Gives out tokens, good ones and others. Its key is made once for all of its kind. */
public final class TestIssuer {

  /** Algorithm names of RFC 7518, each with a key of its own. */
  private final String algorithm;

  private final String keyId;
  private final KeyPair key;

  private TestIssuer(String algorithm, String keyId, KeyPair key) {
    this.algorithm = algorithm;
    this.keyId = keyId;
    this.key = key;
  }

  public static TestIssuer of(String algorithm, String keyId) {
    try {
      return new TestIssuer(algorithm, keyId, newKey(algorithm));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The usual one. */
  public static TestIssuer of(String keyId) {
    return of("ES256", keyId);
  }

  private static KeyPair newKey(String algorithm) throws GeneralSecurityException {
    String curve =
        switch (algorithm) {
          case "ES256" -> "secp256r1";
          case "ES384" -> "secp384r1";
          case "ES512" -> "secp521r1";
          default -> null;
        };
    if (curve != null) {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec(curve));
      return generator.generateKeyPair();
    }
    if (algorithm.equals("EdDSA")) {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    }
    KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
    generator.initialize(2048);
    return generator.generateKeyPair();
  }

  public KeyPair key() {
    return key;
  }

  /** Its one key, as a JWK Set. */
  public String jwks() {
    return jwks(this);
  }

  public static String jwks(TestIssuer... issuers) {
    StringBuilder keys = new StringBuilder();
    for (TestIssuer issuer : issuers) {
      keys.append(keys.length() == 0 ? "" : ",").append(issuer.jwk(""));
    }
    return "{\"keys\":[" + keys + "]}";
  }

  /**
   * @param more members, such as {@code ,"use":"sig"}
   */
  public String jwk(String more) {
    String kid = keyId.isEmpty() ? "" : "\"kid\":\"" + keyId + "\",";
    if (key.getPublic() instanceof RSAPublicKey rsa) {
      return "{"
          + kid
          + "\"kty\":\"RSA\",\"n\":\""
          + encoded(unsigned(rsa.getModulus(), 0))
          + "\",\"e\":\""
          + encoded(unsigned(rsa.getPublicExponent(), 0))
          + "\""
          + more
          + "}";
    }
    if (key.getPublic() instanceof ECPublicKey ec) {
      int size = (ec.getParams().getCurve().getField().getFieldSize() + 7) / 8;
      return "{"
          + kid
          + "\"kty\":\"EC\",\"crv\":\"P-"
          + ec.getParams().getCurve().getField().getFieldSize()
          + "\",\"x\":\""
          + encoded(unsigned(ec.getW().getAffineX(), size))
          + "\",\"y\":\""
          + encoded(unsigned(ec.getW().getAffineY(), size))
          + "\""
          + more
          + "}";
    }
    byte[] spki = ((EdECPublicKey) key.getPublic()).getEncoded();
    byte[] x = java.util.Arrays.copyOfRange(spki, spki.length - 32, spki.length);
    return "{"
        + kid
        + "\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\""
        + encoded(x)
        + "\""
        + more
        + "}";
  }

  private static byte[] unsigned(BigInteger number, int size) {
    byte[] bytes = number.toByteArray();
    int from = bytes[0] == 0 ? 1 : 0;
    byte[] result = new byte[Math.max(size, bytes.length - from)];
    System.arraycopy(
        bytes, from, result, result.length - (bytes.length - from), bytes.length - from);
    return result;
  }

  /** A token with the usual header. */
  public String token(String claims) {
    return signed("{\"alg\":\"" + algorithm + "\",\"kid\":\"" + keyId + "\"}", claims);
  }

  public String signed(String header, String claims) {
    return signed(header, claims, algorithm);
  }

  /**
   * @param by the algorithm it is signed by, whatever the header says
   */
  public String signed(String header, String claims, String by) {
    String text = encoded(header) + "." + encoded(claims);
    return text + "." + encoded(sign(by, key.getPrivate(), text));
  }

  static byte[] sign(String algorithm, PrivateKey key, String text) {
    try {
      int bits = algorithm.equals("EdDSA") ? 0 : Integer.parseInt(algorithm.substring(2));
      Signature signature =
          switch (algorithm.substring(0, 2)) {
            case "RS" -> Signature.getInstance("SHA" + bits + "withRSA");
            case "ES" -> Signature.getInstance("SHA" + bits + "withECDSAinP1363Format");
            case "PS" -> Signature.getInstance("RSASSA-PSS");
            default -> Signature.getInstance("Ed25519");
          };
      if (algorithm.startsWith("PS")) {
        String digest = "SHA-" + bits;
        signature.setParameter(
            new PSSParameterSpec(digest, "MGF1", new MGF1ParameterSpec(digest), bits / 8, 1));
      }
      signature.initSign(key);
      signature.update(text.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  public static String encoded(String text) {
    return encoded(text.getBytes(StandardCharsets.UTF_8));
  }

  public static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }
}
