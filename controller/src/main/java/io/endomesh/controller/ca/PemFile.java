package io.endomesh.controller.ca;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * What is in a PEM file (RFC 7468), in order. Immutable.
 *
 * @param keys in the forms of PKCS #8, PKCS #1 and SEC 1
 */
record PemFile(
    List<PrivateKey> keys, List<PublicKey> publicKeys, List<X509Certificate> certificates) {

  PemFile {
    keys = List.copyOf(keys);
    publicKeys = List.copyOf(publicKeys);
    certificates = List.copyOf(certificates);
  }

  /** The file is there, and what is in it is not to be understood; the message says why. */
  static final class Unreadable extends Exception {
    Unreadable(String message, Throwable cause) {
      super(message, cause);
    }
  }

  static PemFile read(Path file) throws IOException, Unreadable {
    // Bytes as they are: a file that is no text is one that says nothing.
    return parse(Files.readString(file, StandardCharsets.ISO_8859_1));
  }

  /** Of a file that {@link SecretFile} wrote. */
  static PemFile ofSecret(Path file) throws IOException, Unreadable {
    return parse(SecretFile.read(file));
  }

  static PemFile parse(String text) throws Unreadable {
    List<PrivateKey> keys = new ArrayList<>();
    List<PublicKey> publicKeys = new ArrayList<>();
    List<X509Certificate> certificates = new ArrayList<>();
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
        if (part instanceof PrivateKeyInfo info) {
          keys.add(converter.getPrivateKey(info));
        } else if (part instanceof PEMKeyPair pair) {
          keys.add(converter.getPrivateKey(pair.getPrivateKeyInfo()));
        } else if (part instanceof SubjectPublicKeyInfo info) {
          publicKeys.add(converter.getPublicKey(info));
        } else if (part instanceof X509CertificateHolder holder) {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        } else if (part instanceof PKCS8EncryptedPrivateKeyInfo
            || part instanceof PEMEncryptedKeyPair) {
          throw new Unreadable("its key is encrypted", new IllegalArgumentException());
        }
      }
    } catch (IOException | CertificateException | RuntimeException e) {
      throw new Unreadable("no PEM that can be read: " + e.getMessage(), e);
    }
    return new PemFile(keys, publicKeys, certificates);
  }

  /** A certificate, or a key, as PEM. */
  static String text(Object part) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
      writer.writeObject(part);
    } catch (IOException e) {
      throw new UncheckedIOException("what cannot be written to memory", e);
    }
    return text.toString();
  }
}
