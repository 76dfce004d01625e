package io.endomesh.demo.conformance;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;

/** A certificate of a server that is its own root, made by the JDK's keytool. Immutable. */
public record SelfSigned(X509Certificate certificate, PrivateKey key) {

  private static final String PASSWORD = "of-a-test";

  /**
   * @param name DNS name
   * @param directory that exists
   */
  public static SelfSigned of(String name, Path directory)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path store = directory.resolve("server.p12");
    String command =
        "-genkeypair -alias server -keyalg EC -dname CN=server -ext san=dns:%s -storetype PKCS12"
            + " -keystore %s -storepass %s";
    Process keytool =
        new ProcessBuilder(
                (Path.of(System.getProperty("java.home"), "bin", "keytool")
                        + " "
                        + command.formatted(name, store, PASSWORD))
                    .split(" "))
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (keytool.waitFor() != 0) {
      throw new IllegalStateException("keytool: " + output);
    }
    KeyStore read = KeyStore.getInstance("PKCS12");
    try (InputStream file = Files.newInputStream(store)) {
      read.load(file, PASSWORD.toCharArray());
    }
    return new SelfSigned(
        (X509Certificate) read.getCertificate("server"),
        (PrivateKey) read.getKey("server", PASSWORD.toCharArray()));
  }

  static X509Certificate read(String pem) throws GeneralSecurityException {
    return (X509Certificate)
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
  }

  public String pem() {
    try {
      return "-----BEGIN CERTIFICATE-----\n"
          + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded())
          + "\n-----END CERTIFICATE-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
