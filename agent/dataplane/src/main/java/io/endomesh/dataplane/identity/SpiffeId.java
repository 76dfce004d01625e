package io.endomesh.dataplane.identity;

import java.util.List;
import javax.net.ssl.SNIHostName;
import org.jspecify.annotations.Nullable;

/** SPIFFE ids, {@code spiffe://trust-domain/ns/NAMESPACE/sa/SERVICE} (SPIFFE-ID, section 2). */
public final class SpiffeId {

  private static final String SCHEME = "spiffe://";

  /** SPIFFE-ID, section 2.3. */
  private static final int MAX_CHARACTERS = 2_048;

  private SpiffeId() {}

  public static String of(String trustDomain, String namespace, String service) {
    return SCHEME + trustDomain + "/ns/" + namespace + "/sa/" + service;
  }

  /**
   * What a server of this identity is asked for by (SNI): {@code orders.shop}, so that one which
   * has several identities knows which to prove. Null if the id is not of the form of {@link
   * #of(String, String, String)}.
   */
  static @Nullable SNIHostName serverName(String spiffeId) {
    int namespace = spiffeId.indexOf("/ns/");
    int service = namespace < 0 ? -1 : spiffeId.indexOf("/sa/", namespace);
    if (service < 0) {
      return null;
    }
    try {
      return new SNIHostName(
          spiffeId.substring(service + 4) + "." + spiffeId.substring(namespace + 4, service));
    } catch (IllegalArgumentException noHostName) {
      return null;
    }
  }

  /** True if two SPIFFE ids are of one trust domain. */
  public static boolean sameDomain(String one, String other) {
    int end = one.indexOf('/', SCHEME.length()) + 1;
    return end > 0 && other.regionMatches(0, one, 0, end);
  }

  /** {@code spiffe://trust-domain} of a trust domain's name. */
  static String ofDomain(String trustDomain) {
    return SCHEME + trustDomain;
  }

  /** {@code spiffe://trust-domain} of an id. */
  public static String domain(String id) {
    int end = id.indexOf('/', SCHEME.length());
    return end < 0 ? id : id.substring(0, end);
  }

  /**
   * The SPIFFE id among the URI names of a certificate. X509-SVID (section 2) allows exactly one
   * URI name: with two, nobody is identified. Nor is by one that is not written as an id must be:
   * policies compare beginnings and ends, and what follows a NUL or a query would be read by some
   * and by others not.
   */
  public static @Nullable String of(List<String> uriNames) {
    return uriNames.size() == 1 && isId(uriNames.get(0)) ? uriNames.get(0) : null;
  }

  /** SPIFFE-ID, sections 2.1 to 2.3. */
  private static boolean isId(String uri) {
    if (!uri.startsWith(SCHEME) || uri.length() > MAX_CHARACTERS) {
      return false;
    }
    int path = uri.indexOf('/', SCHEME.length());
    if (path <= SCHEME.length()) {
      // A trust domain alone is the name of no workload.
      return false;
    }
    for (int i = SCHEME.length(); i < path; i++) {
      if (!isDomainCharacter(uri.charAt(i))) {
        return false;
      }
    }
    return isPath(uri, path);
  }

  private static boolean isPath(String uri, int path) {
    int segment = path + 1;
    for (int i = segment; i <= uri.length(); i++) {
      if (i < uri.length() && uri.charAt(i) != '/') {
        char c = uri.charAt(i);
        if (!isDomainCharacter(c) && !(c >= 'A' && c <= 'Z')) {
          return false;
        }
        continue;
      }
      int length = i - segment;
      boolean dots = length <= 2 && uri.regionMatches(segment, "..", 0, length);
      // Also of none: an empty segment.
      if (dots) {
        return false;
      }
      segment = i + 1;
    }
    return true;
  }

  private static boolean isDomainCharacter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
  }
}
