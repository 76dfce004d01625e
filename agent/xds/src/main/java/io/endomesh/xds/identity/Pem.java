package io.endomesh.xds.identity;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** PEM text (RFC 7468) to and from certificates and keys. Stateless. */
public final class Pem {

  /** RFC 7468, section 2: lines of 64 characters. */
  private static final Base64.Encoder LINES =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  static String encode(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + LINES.encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }

  /** All certificates in the text, in order. */
  public static List<X509Certificate> certificates(String text) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509Certificate> certificates = new ArrayList<>();
    for (byte[] der : decode("CERTIFICATE", text)) {
      certificates.add(
          (X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
    }
    return certificates;
  }

  /** All public keys in the text, of elliptic curves. */
  public static List<PublicKey> publicKeys(String text) throws GeneralSecurityException {
    KeyFactory factory = KeyFactory.getInstance("EC");
    List<PublicKey> keys = new ArrayList<>();
    for (byte[] der : decode("PUBLIC KEY", text)) {
      keys.add(factory.generatePublic(new X509EncodedKeySpec(der)));
    }
    return keys;
  }

  /** All lists of revoked certificates in the text (RFC 5280, section 5). */
  public static List<X509CRL> revocations(String text) throws GeneralSecurityException {
    CertificateFactory factory = CertificateFactory.getInstance("X.509");
    List<X509CRL> lists = new ArrayList<>();
    for (byte[] der : decode("X509 CRL", text)) {
      lists.add((X509CRL) factory.generateCRL(new ByteArrayInputStream(der)));
    }
    return lists;
  }

  static PrivateKey privateKey(String text) throws GeneralSecurityException {
    List<byte[]> keys = decode("PRIVATE KEY", text);
    if (keys.size() != 1) {
      throw new GeneralSecurityException(
          "private keys: " + keys.size() + " (expected: exactly one)");
    }
    return KeyKind.read(keys.get(0));
  }

  /** What is in the blocks of this label, in order. */
  static List<byte[]> decode(String label, String text) throws GeneralSecurityException {
    String begin = "-----BEGIN " + label + "-----";
    String end = "-----END " + label + "-----";
    List<byte[]> blocks = new ArrayList<>();
    for (int from = text.indexOf(begin); from >= 0; from = text.indexOf(begin, from)) {
      from += begin.length();
      int to = text.indexOf(end, from);
      if (to < 0) {
        throw new GeneralSecurityException("PEM block " + label + " has no end");
      }
      try {
        blocks.add(Base64.getMimeDecoder().decode(text.substring(from, to)));
      } catch (IllegalArgumentException e) {
        throw new GeneralSecurityException("PEM block " + label + " is no base64", e);
      }
    }
    return blocks;
  }
}
