package io.endomesh.testkit.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;

/**
 * What a database server needs to speak TLS and to ask its clients who they are: files in PEM, of
 * which the key is its owner's only. Immutable.
 *
 * @param clientRoots of the clients' certificates
 * @param workload common name of the certificate that the server's user must show
 */
public record ServerTls(Path certificate, Path key, Path clientRoots, String workload) {

  /** A user of every server with TLS: by password, and without a certificate. */
  public static final String READER = "reader";

  /** Written where the server can read it. */
  @FunctionalInterface
  public interface Source {
    ServerTls writeTo(Path directory, String owner) throws IOException;
  }

  /**
   * @param clients root of the workloads' certificates
   */
  public static Source of(
      X509Certificate certificate, PrivateKey key, X509Certificate clients, String workload) {
    return (directory, owner) -> {
      try {
        return new ServerTls(
            file(directory, owner, "server.pem", pem("CERTIFICATE", certificate.getEncoded())),
            file(directory, owner, "server.key", pem("PRIVATE KEY", key.getEncoded())),
            file(directory, owner, "clients.pem", pem("CERTIFICATE", clients.getEncoded())),
            workload);
      } catch (CertificateEncodingException e) {
        throw new IllegalStateException(e);
      }
    };
  }

  private static Path file(Path directory, String owner, String name, String text)
      throws IOException {
    Path file = Files.writeString(directory.resolve(name), text);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    ServerProcess.giveTo(owner, file);
    return file;
  }

  private static String pem(String label, byte[] der) {
    return "-----BEGIN "
        + label
        + "-----\n"
        + Base64.getMimeEncoder().encodeToString(der)
        + "\n-----END "
        + label
        + "-----\n";
  }
}
