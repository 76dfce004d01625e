package io.endomesh.xds.join;

import io.endomesh.dataplane.identity.Identity;
import io.endomesh.xds.identity.Fingerprint;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What this workload proves itself by, and whom it believes, as the controller is told. Immutable.
 *
 * @param end of the certificate; null without one
 * @param root fingerprint of that which vouches for the certificate; empty if none does
 * @param trusted fingerprints of all roots that are trusted
 * @param begin of the certificate's life; null without one
 * @param problem why it has not been renewed though it is due; empty if there is none
 */
public record Proof(
    @Nullable Instant end,
    String root,
    List<String> trusted,
    @Nullable Instant begin,
    String problem) {

  public static final Proof NONE = new Proof(null, "", List.of(), null, "");

  public Proof {
    trusted = List.copyOf(trusted);
  }

  public static Proof of(Identity identity) throws GeneralSecurityException {
    List<String> trusted = new ArrayList<>();
    for (X509Certificate root : identity.bundle().roots()) {
      trusted.add(Fingerprint.of(root));
    }
    X509Certificate root = identity.root();
    return new Proof(
        identity.notAfter(), root == null ? "" : Fingerprint.of(root), trusted, null, "");
  }

  /** The same, with how it goes to replace it. */
  public Proof renewing(@Nullable Instant since, String why) {
    return new Proof(end, root, trusted, since, why);
  }
}
