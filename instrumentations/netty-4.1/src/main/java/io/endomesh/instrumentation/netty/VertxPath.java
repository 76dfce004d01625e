package io.endomesh.instrumentation.netty;

/**
 * How Vert.x finds the path in a request's target, and how Vert.x Web normalizes it: it decodes
 * what needed no escape (RFC 3986, 2.3) and removes dot segments and double slashes. Stateless.
 */
final class VertxPath {

  private VertxPath() {}

  /** What does not begin with a slash has a scheme somewhere, or is all path. */
  static String of(String target) {
    int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
    int start = scheme < 0 ? 0 : target.indexOf('/', scheme + 3);
    if (start < 0) {
      return "/";
    }
    int query = target.indexOf('?', start);
    return query < 0 ? target.substring(start) : target.substring(start, query);
  }

  static String normalized(String path) {
    String decoded = unreservedDecoded(path.startsWith("/") ? path : "/" + path);
    StringBuilder normalized = new StringBuilder(decoded.length());
    int start = 1;
    while (start <= decoded.length()) {
      int slash = decoded.indexOf('/', start);
      boolean isLast = slash < 0;
      int end = isLast ? decoded.length() : slash;
      add(normalized, decoded.substring(start, end), isLast);
      start = end + 1;
    }
    return normalized.toString();
  }

  /** Two slashes are one, but what is between them is a segment to what goes up. */
  private static void add(StringBuilder path, String segment, boolean isLast) {
    boolean goesUp = segment.equals("..");
    if (goesUp) {
      path.setLength(Math.max(path.lastIndexOf("/"), 0));
    }
    boolean isDots = goesUp || segment.equals(".");
    if (isDots && !isLast) {
      return;
    }
    if (path.length() == 0 || path.charAt(path.length() - 1) != '/') {
      path.append('/');
    }
    path.append(isDots ? "" : segment);
  }

  private static String unreservedDecoded(String path) {
    int mark = path.indexOf('%');
    if (mark < 0) {
      return path;
    }
    StringBuilder decoded = new StringBuilder(path.length());
    int copied = 0;
    for (; mark >= 0; mark = path.indexOf('%', mark + 1)) {
      int octet = mark + 2 < path.length() ? octet(path, mark + 1) : -1;
      if (isUnreserved(octet)) {
        decoded.append(path, copied, mark).append((char) octet);
        copied = mark + 3;
      }
    }
    return decoded.append(path, copied, path.length()).toString();
  }

  /**
   * @return -1 if there is none: whoever routes refuses it
   */
  private static int octet(String path, int at) {
    int high = Character.digit(path.charAt(at), 16);
    int low = Character.digit(path.charAt(at + 1), 16);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  private static boolean isUnreserved(int octet) {
    return octet >= 'a' && octet <= 'z'
        || octet >= 'A' && octet <= 'Z'
        || octet >= '0' && octet <= '9'
        || octet == '-'
        || octet == '.'
        || octet == '_'
        || octet == '~';
  }
}
