package io.endomesh.dataplane.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** SPIFFE ids, {@code spiffe://trust-domain/ns/NAMESPACE/sa/SERVICE} (SPIFFE-ID, section 2). */
public final class SpiffeId {

  private static final String SCHEME = "spiffe://";

  private SpiffeId() {}

  public static String of(String trustDomain, String namespace, String service) {
    return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + service;
  }

  /** True if two SPIFFE ids are of one trust domain. */
  public static boolean sameDomain(String one, String other) {
    int end = one.indexOf('/', SCHEME.length()) + 1;
    return end > 0 && other.regionMatches(0, one, 0, end);
  }

  /** {@code spiffe://trust-domain} of an id. */
  public static String domain(String id) {
    int end = id.indexOf('/', SCHEME.length());
    return end < 0 ? id : id.substring(0, end);
  }

  /**
   * The SPIFFE id among the URI names of a certificate. X509-SVID (section 2) allows exactly one
   * URI name: with two, nobody is identified.
   */
  public static @Nullable String of(List<String> uriNames) {
    return uriNames.size() == 1 && uriNames.get(0).startsWith(SCHEME) ? uriNames.get(0) : null;
  }
}
