package io.endomesh.controller.translate;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of another trust domain. Immutable.
 *
 * @param roots those that were learned last; none before anything was
 * @param failure why they could not be fetched the last time; null if they were
 * @param failingSince when that began; null if it has not
 */
public record FederatedBundle(
    List<X509Certificate> roots, @Nullable String failure, @Nullable Instant failingSince) {

  public FederatedBundle {
    roots = List.copyOf(roots);
  }
}
