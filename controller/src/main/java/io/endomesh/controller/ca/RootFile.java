package io.endomesh.controller.ca;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;

/**
 * A root's key and certificate on disk. They are one file, so that a crash can never leave one
 * without the other.
 */
final class RootFile {

  private RootFile() {}

  /**
   * @param vouchers see {@link IssuerSource#vouchers}
   */
  record Root(PrivateKey key, X509Certificate certificate, List<X509Certificate> vouchers) {
    Root {
      vouchers = List.copyOf(vouchers);
    }

    /**
     * Those of earlier versions may have no authority below them: then they sign leaves themselves.
     */
    boolean hasRoomBelow() {
      return certificate.getBasicConstraints() > 0;
    }
  }

  static Root read(Path file) throws IOException {
    PemFile pem;
    try {
      pem = PemFile.ofSecret(file);
    } catch (PemFile.Unreadable e) {
      throw unreadable(file, e);
    }
    int last = pem.certificates().size() - 1;
    if (pem.keys().size() != 1 || last < 0) {
      throw unreadable(file, null);
    }
    return new Root(
        pem.keys().get(0), pem.certificates().get(last), pem.certificates().subList(0, last));
  }

  private static IOException unreadable(Path file, @Nullable Exception cause) {
    return new IOException(
        file
            + ": no private key and certificate in PEM in it. Restore the file from a backup; or"
            + " delete it to begin with a new root, after which every workload needs a new join"
            + " string",
        cause);
  }

  /** The root last: what read one certificate only took the last. */
  static void write(Path file, Root root) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      for (X509Certificate voucher : root.vouchers()) {
        writer.writeObject(voucher);
      }
      writer.writeObject(new JcaPKCS8Generator(root.key(), null));
      writer.writeObject(root.certificate());
    }
    SecretFile.write(file, text.toString());
  }
}
