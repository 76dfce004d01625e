package io.endomesh.dataplane.identity;

import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is in {@link TlsFiles}. Immutable.
 *
 * @param roots to trust; null if no file says so
 * @param revocations lists of revoked certificates; empty asks for none
 * @param key to show with its certificate; null shows none
 * @param problem why it cannot be used, in a sentence; null if it can
 */
public record TlsMaterial(
    @Nullable List<X509Certificate> roots,
    List<X509CRL> revocations,
    @Nullable WorkloadKey key,
    @Nullable String problem) {

  public TlsMaterial {
    roots = roots == null ? null : List.copyOf(roots);
    revocations = List.copyOf(revocations);
  }

  public static TlsMaterial unusable(String problem) {
    return new TlsMaterial(null, List.of(), null, problem);
  }
}
