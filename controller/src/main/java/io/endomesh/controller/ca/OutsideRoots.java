package io.endomesh.controller.ca;

import io.endomesh.dataplane.identity.SpiffeId;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Roots of another authority that vouches for workloads of our trust domain, such as SPIRE's: from
 * a file that is read again now and then, because they follow one another there, too. Thread-safe.
 */
final class OutsideRoots {

  private static final Logger log = LoggerFactory.getLogger(OutsideRoots.class);

  private static final int URI_NAME = 6; // RFC 5280, GeneralName uniformResourceIdentifier

  private final @Nullable Path file;
  private volatile List<X509Certificate> roots = List.of();

  // Guarded by this.
  private String complaint = "";
  private Instant firstEnd = Instant.MAX;

  private OutsideRoots(@Nullable Path file) {
    this.file = file;
  }

  /**
   * @param file null if there are none
   * @throws IOException if there is nothing in it to begin with; the message says why
   */
  static OutsideRoots open(@Nullable Path file) throws IOException {
    OutsideRoots outside = new OutsideRoots(file);
    if (file != null) {
      outside.roots = read(file);
    }
    return outside;
  }

  List<X509Certificate> roots() {
    return roots;
  }

  /**
   * Looks whether the file says something else. What cannot be read changes nothing.
   *
   * @return true if it does, or a certificate that was believed has ended
   */
  synchronized boolean tick(Instant now) {
    boolean ended = !now.isBefore(firstEnd);
    if (ended) {
      firstEnd = Instant.MAX;
    }
    if (file == null) {
      return ended;
    }
    try {
      List<X509Certificate> read = read(file);
      complaint = "";
      if (read.equals(roots)) {
        return ended;
      }
      roots = read;
      log.info("spire-bundle: {}: {} roots now", file, read.size());
      return true;
    } catch (IOException e) {
      String why = String.valueOf(e.getMessage());
      if (!why.equals(complaint)) {
        complaint = why;
        log.warn("{}; the roots read before go on holding", why);
      }
      return ended;
    }
  }

  /**
   * Why a certificate that these roots vouch for is not believed; null if it is. Its connection
   * does not outlast it: nobody renews it here, who would know that it still is to be believed.
   */
  @Nullable String doubt(X509Certificate leaf, String trustDomain, Instant now) {
    String id = id(leaf);
    WorkloadIdentity identity = WorkloadIdentity.of(trustDomain, id);
    if (identity == null) {
      return "its SPIFFE id is "
          + (id == null ? "absent" : id)
          + ", by an authority beside this mesh's (expected: spiffe://"
          + trustDomain
          + "/ns/NAMESPACE/sa/SERVICE)";
    }
    if (identity.namespace().equals(CertificateAuthority.SYSTEM_NAMESPACE)) {
      return "its namespace " + identity.namespace() + " is of the mesh's own parts";
    }
    Instant end = leaf.getNotAfter().toInstant();
    if (!now.isBefore(end)) {
      return "it ended at " + end;
    }
    synchronized (this) {
      if (end.isBefore(firstEnd)) {
        firstEnd = end;
      }
    }
    return null;
  }

  /**
   * The root that the chain leads to, from each certificate to the next; null if to none. Others
   * that somebody put into it do not count.
   */
  static @Nullable X509Certificate root(
      X509Certificate[] chain, Collection<X509Certificate> trusted) {
    for (int i = 0; i < chain.length; i++) {
      for (X509Certificate root : trusted) {
        if (isSignedBy(chain[i], root)) {
          return root;
        }
      }
      if (i + 1 == chain.length || !isSignedBy(chain[i], chain[i + 1])) {
        return null;
      }
    }
    return null;
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate issuer) {
    if (!certificate.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException another) {
      return false;
    }
  }

  private static @Nullable String id(X509Certificate leaf) {
    try {
      List<String> uris = new ArrayList<>();
      Collection<List<?>> names = leaf.getSubjectAlternativeNames();
      if (names != null) {
        for (List<?> name : names) {
          if (name.get(0).equals(URI_NAME)) {
            uris.add((String) name.get(1));
          }
        }
      }
      return SpiffeId.of(uris);
    } catch (java.security.cert.CertificateParsingException e) {
      // It names nobody.
      return null;
    }
  }

  private static List<X509Certificate> read(Path file) throws IOException {
    try {
      List<X509Certificate> read = PemFile.read(file).certificates();
      if (read.isEmpty()) {
        throw wrong(file, "no certificate in it", null);
      }
      for (X509Certificate root : read) {
        if (root.getBasicConstraints() < 0) {
          throw wrong(file, root.getSubjectX500Principal() + ": CA:FALSE", null);
        }
      }
      return read;
    } catch (PemFile.Unreadable e) {
      throw wrong(file, String.valueOf(e.getMessage()), e);
    } catch (java.nio.file.NoSuchFileException e) {
      throw wrong(file, "no such file", e);
    }
  }

  private static IOException wrong(Path file, String what, @Nullable Exception cause) {
    return new IOException(
        "spire-bundle: " + file + ": " + what + " (expected: root certificates in PEM)", cause);
  }
}
