package io.endomesh.controller.kinds;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Files at a workload that its TLS with a server outside the mesh is made of, each null where
 * nothing is said. They are named here, and read there: what is in them goes nowhere. Immutable.
 *
 * @param certificate with its chain
 * @param key of the certificate; there if it is
 * @param roots to trust
 * @param revocations lists of revoked certificates
 */
public record TlsFiles(
    @Nullable String certificate,
    @Nullable String key,
    @Nullable String roots,
    @Nullable String revocations) {

  public static final TlsFiles NONE = new TlsFiles(null, null, null, null);

  /** Full: what a path begins at is not the same in every process. */
  private static final Pattern PATH = Pattern.compile("(/|[A-Za-z]:[\\\\/])\\P{Cntrl}{1,1023}");

  static boolean isPath(String text) {
    return PATH.matcher(text).matches();
  }

  TlsFiles withRoots(String file) {
    return new TlsFiles(certificate, key, file, revocations);
  }

  /** {@code clientCertificate}, {@code privateKey}, and what {@link #readRevocations} reads. */
  static TlsFiles readMutual(Fields tls) {
    return readRevocations(tls, path(tls, "clientCertificate"), path(tls, "privateKey"));
  }

  static TlsFiles readRevocations(Fields tls, @Nullable String certificate, @Nullable String key) {
    return new TlsFiles(certificate, key, null, tls.has("caCrl") ? path(tls, "caCrl") : null);
  }

  private static String path(Fields tls, String name) {
    String path = tls.string(name);
    if (!isPath(path)) {
      throw tls.invalid(name, "'" + path + "' (expected: the full path of a file at the workload)");
    }
    return path;
  }
}
