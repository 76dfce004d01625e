package io.endomesh.dataplane.identity;

import java.util.Locale;

/**
 * A subject alternative name that a server outside the mesh may prove (Envoy {@code
 * SubjectAltNameMatcher}). Immutable.
 *
 * @param value in lower case, save for a URI
 */
public record PeerName(Kind kind, String value) {

  /** With the number that {@code GeneralName} gives to it (RFC 5280, section 4.2.1.6). */
  public enum Kind {
    DNS(2),
    URI(6),
    IP(7);

    private final int generalName;

    Kind(int generalName) {
      this.generalName = generalName;
    }
  }

  public PeerName {
    value = kind == Kind.URI ? value : value.toLowerCase(Locale.ROOT);
  }

  /**
   * True if a certificate that carries this name proves ours.
   *
   * @param generalName the type of its name
   */
  boolean isProvedBy(int generalName, String name) {
    if (generalName != kind.generalName) {
      return false;
    }
    if (kind == Kind.URI) {
      return name.equals(value);
    }
    String proved = name.toLowerCase(Locale.ROOT);
    return proved.equals(value) || kind == Kind.DNS && isProvedByWildcard(proved);
  }

  /** RFC 9525, section 6.3: {@code *} stands for the whole first label, and for one only. */
  private boolean isProvedByWildcard(String proved) {
    int dot = value.indexOf('.');
    return dot > 0
        && proved.startsWith("*.")
        && proved.indexOf('.', 2) > 0
        && value.substring(dot).equals(proved.substring(1));
  }
}
