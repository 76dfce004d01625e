package io.endomesh.controller.ca;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.jspecify.annotations.Nullable;

/**
 * The root's key and certificate on disk. They are one file, so that a crash can never leave one
 * without the other.
 */
final class RootFile {

  private RootFile() {}

  record Root(PrivateKey key, X509Certificate certificate) {}

  static Root read(Path file) throws IOException {
    PrivateKey key = null;
    X509Certificate certificate = null;
    try (Reader reader = Files.newBufferedReader(file);
        PEMParser parser = new PEMParser(reader)) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo info) {
          key = new JcaPEMKeyConverter().getPrivateKey(info);
        } else if (part instanceof X509CertificateHolder holder) {
          certificate = new JcaX509CertificateConverter().getCertificate(holder);
        }
      }
    } catch (CertificateException | RuntimeException e) {
      throw unreadable(file, e);
    }
    if (key == null || certificate == null) {
      throw unreadable(file, null);
    }
    return new Root(key, certificate);
  }

  private static IOException unreadable(Path file, @Nullable Exception cause) {
    return new IOException(
        file
            + ": no private key and certificate in PEM in it. Restore the file from a backup; or"
            + " delete it to begin with a new root, after which every workload needs a new join"
            + " string",
        cause);
  }

  static void write(Path file, Root root) throws IOException {
    SecretFile.write(file, pem(root));
  }

  private static String pem(Root root) throws IOException {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(new JcaPKCS8Generator(root.key(), null));
      writer.writeObject(root.certificate());
    }
    return text.toString();
  }
}
