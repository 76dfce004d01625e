package io.endomesh.xds.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * A private key in a file: PKCS #8, PKCS #1 or SEC 1 in PEM, that of a certificate. One that every
 * user of the machine may read or write is not taken: it is nobody's. Stateless.
 */
final class KeyFile {

  private KeyFile() {}

  static PrivateKey read(String file, X509Certificate certificate) throws ClientFiles.Unusable {
    requireOwn(file);
    String text = ClientFiles.text("privateKey", file);
    if (text.contains("ENCRYPTED")) {
      throw new ClientFiles.Unusable(
          "privateKey: '" + file + "' is encrypted (expected: a key without a password)");
    }
    try {
      PublicKey publicKey = certificate.getPublicKey();
      PrivateKey key = key(text, publicKey);
      if (!fits(key, publicKey)) {
        throw new ClientFiles.Unusable(
            "privateKey: '" + file + "' is not the key of clientCertificate (expected: its own)");
      }
      return key;
    } catch (GeneralSecurityException e) {
      // The message of a provider may quote what it could not read.
      throw new ClientFiles.Unusable(
          "privateKey: '"
              + file
              + "' is no key of the kind that clientCertificate has (expected: one private key in"
              + " PEM, "
              + certificate.getPublicKey().getAlgorithm()
              + ")");
    }
  }

  private static void requireOwn(String file) throws ClientFiles.Unusable {
    try {
      Path path = Path.of(file);
      if (!Files.getFileStore(path).supportsFileAttributeView("posix")) {
        return;
      }
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.contains(PosixFilePermission.OTHERS_READ)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new ClientFiles.Unusable(
            "privateKey: '"
                + file
                + "' is open to every user of this machine (expected: to its owner and group at"
                + " most; chmod o-rwx, or defaultMode: 0440 of a volume)");
      }
    } catch (IOException | RuntimeException e) {
      // Read next, which says what is wrong.
    }
  }

  private static PrivateKey key(String text, PublicKey publicKey) throws GeneralSecurityException {
    List<byte[]> keys = Pem.decode("PRIVATE KEY", text);
    List<byte[]> bare =
        Pem.decode(
            publicKey.getAlgorithm().equals("RSA") ? "RSA PRIVATE KEY" : "EC PRIVATE KEY", text);
    if (keys.size() + bare.size() != 1) {
      throw new GeneralSecurityException("not one key");
    }
    byte[] encoded =
        keys.isEmpty()
            ? Der.sequence(
                Der.zero(), algorithm(publicKey.getEncoded()), Der.octetString(bare.get(0)))
            : keys.get(0);
    return KeyFactory.getInstance(publicKey.getAlgorithm())
        .generatePrivate(new PKCS8EncodedKeySpec(encoded));
  }

  /**
   * Of what key it is, with its curve: what PKCS #1 and SEC 1 leave out, and the public key says
   * (RFC 5280, SubjectPublicKeyInfo: a sequence whose first member it is).
   */
  private static byte[] algorithm(byte[] publicKey) {
    int from = 2 + lengthBytes(publicKey, 1);
    int inner = lengthBytes(publicKey, from + 1);
    int length = publicKey[from + 1] & 0xff;
    if (inner > 0) {
      length = 0;
      for (int i = 0; i < inner; i++) {
        length = length << 8 | publicKey[from + 2 + i] & 0xff;
      }
    }
    return Arrays.copyOfRange(publicKey, from, from + 2 + inner + length);
  }

  /** How many bytes beside the first a length has (X.690, 8.1.3). */
  private static int lengthBytes(byte[] der, int at) {
    return (der[at] & 0x80) == 0 ? 0 : der[at] & 0x7f;
  }

  private static boolean fits(PrivateKey key, PublicKey publicKey) throws GeneralSecurityException {
    String algorithm =
        switch (publicKey.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          default -> publicKey.getAlgorithm();
        };
    byte[] challenge = new byte[32];
    new SecureRandom().nextBytes(challenge);
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(challenge);
    byte[] signed = signature.sign();
    signature.initVerify(publicKey);
    signature.update(challenge);
    return signature.verify(signed);
  }
}
