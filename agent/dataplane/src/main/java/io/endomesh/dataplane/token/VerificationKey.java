package io.endomesh.dataplane.token;

import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.ECFieldFp;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.security.spec.EdECPoint;
import java.security.spec.EdECPublicKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A key of an issuer (RFC 7517). What it verifies is said by the key, never by a token. Immutable.
 *
 * @param id null if it has none; then it is tried for every token
 * @param family {@code RSA}, or the curve
 * @param only the one algorithm it is for; null if any of its family will do
 */
record VerificationKey(
    @Nullable String id, String family, @Nullable Algorithm only, PublicKey key) {

  /** NIST SP 800-131A: less is broken, or about to be. */
  private static final int MIN_RSA_BITS = 2048;

  /** The work of a verification grows with them. */
  private static final int MAX_RSA_BITS = 8192;

  private static final BigInteger MAX_EXPONENT = BigInteger.ONE.shiftLeft(32);

  boolean verifies(Algorithm algorithm) {
    return algorithm.isOf(family) && (only == null || only == algorithm);
  }

  /** Null for a key that verifies no tokens: of another use or type. */
  static @Nullable VerificationKey of(Map<String, Object> jwk) throws InvalidToken {
    String use = text(jwk, "use");
    if (use != null && !use.equals("sig")) {
      return null;
    }
    String algorithm = text(jwk, "alg");
    Algorithm only = algorithm == null ? null : Algorithm.of(algorithm);
    if (algorithm != null && only == null) {
      return null;
    }
    String type = text(jwk, "kty");
    String family = "RSA".equals(type) ? "RSA" : text(jwk, "crv");
    if (type == null || family == null || (only != null && !only.isOf(family))) {
      return null;
    }
    try {
      PublicKey key =
          switch (type) {
            case "RSA" -> rsa(jwk);
            case "EC" -> elliptic(family, jwk);
            case "OKP" -> family.equals("Ed25519") ? edwards(bytes(jwk, "x")) : null;
            default -> null;
          };
      return key == null ? null : new VerificationKey(text(jwk, "kid"), family, only, key);
    } catch (GeneralSecurityException | RuntimeException noKey) {
      throw new InvalidToken("a key of type " + type + " is none (expected: RFC 7518, 6)");
    }
  }

  private static PublicKey rsa(Map<String, Object> jwk)
      throws GeneralSecurityException, InvalidToken {
    BigInteger modulus = new BigInteger(1, bytes(jwk, "n"));
    BigInteger exponent = new BigInteger(1, bytes(jwk, "e"));
    if (modulus.bitLength() < MIN_RSA_BITS || modulus.bitLength() > MAX_RSA_BITS) {
      throw new InvalidToken(
          "an RSA key of "
              + modulus.bitLength()
              + " bits (expected: "
              + MIN_RSA_BITS
              + " to "
              + MAX_RSA_BITS
              + ")");
    }
    // With e = 1 the message itself is its signature.
    if (exponent.compareTo(BigInteger.TWO) <= 0
        || exponent.compareTo(MAX_EXPONENT) > 0
        || !exponent.testBit(0)) {
      throw new InvalidToken("an RSA key with an exponent that protects nothing (expected: 65537)");
    }
    return KeyFactory.getInstance("RSA").generatePublic(new RSAPublicKeySpec(modulus, exponent));
  }

  private static @Nullable PublicKey elliptic(String curve, Map<String, Object> jwk)
      throws GeneralSecurityException, InvalidToken {
    String jdkName =
        switch (curve) {
          case "P-256" -> "secp256r1";
          case "P-384" -> "secp384r1";
          case "P-521" -> "secp521r1";
          default -> null;
        };
    if (jdkName == null) {
      return null;
    }
    AlgorithmParameters named = AlgorithmParameters.getInstance("EC");
    named.init(new ECGenParameterSpec(jdkName));
    ECParameterSpec domain = named.getParameterSpec(ECParameterSpec.class);
    ECPoint point =
        new ECPoint(new BigInteger(1, bytes(jwk, "x")), new BigInteger(1, bytes(jwk, "y")));
    if (!isOn(domain, point)) {
      throw new InvalidToken("an EC key whose point is not on its curve");
    }
    return KeyFactory.getInstance("EC").generatePublic(new ECPublicKeySpec(point, domain));
  }

  /** y² = x³ + ax + b; the JDK does not ask. */
  private static boolean isOn(ECParameterSpec domain, ECPoint point) {
    BigInteger p = ((ECFieldFp) domain.getCurve().getField()).getP();
    BigInteger x = point.getAffineX();
    BigInteger y = point.getAffineY();
    BigInteger right =
        x.pow(3).add(domain.getCurve().getA().multiply(x)).add(domain.getCurve().getB()).mod(p);
    return x.compareTo(p) < 0 && y.compareTo(p) < 0 && y.multiply(y).mod(p).equals(right);
  }

  /** RFC 8032, 5.1.2: little-endian, the highest bit says whether x is odd. */
  private static PublicKey edwards(byte[] x) throws GeneralSecurityException, InvalidToken {
    if (x.length != 32) {
      throw new InvalidToken("an Ed25519 key of " + x.length + " bytes (expected: 32)");
    }
    byte[] y = new byte[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = x[x.length - 1 - i];
    }
    boolean odd = y[0] < 0;
    y[0] &= 0x7f;
    return KeyFactory.getInstance("Ed25519")
        .generatePublic(
            new EdECPublicKeySpec(
                NamedParameterSpec.ED25519, new EdECPoint(odd, new BigInteger(1, y))));
  }

  private static byte[] bytes(Map<String, Object> jwk, String name) throws InvalidToken {
    String text = text(jwk, name);
    if (text == null) {
      throw new InvalidToken("a key without " + name + " (expected: RFC 7518, 6)");
    }
    return Base64Url.decode("a key's " + name, text);
  }

  private static @Nullable String text(Map<String, Object> jwk, String name) {
    return jwk.get(name) instanceof String text ? text : null;
  }
}
