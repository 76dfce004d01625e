package io.endomesh.telemetry;

/**
 * Host and port of an authority as an application wrote it. Immutable.
 *
 * @param host IPv6 addresses without their brackets
 * @param port 0 if none was written
 */
record Authority(String host, int port) {

  static Authority of(String text) {
    int colon = text.lastIndexOf(':');
    boolean ipv6 = text.startsWith("[");
    if (colon < 0 || (ipv6 && colon < text.indexOf(']'))) {
      return new Authority(bare(text), 0);
    }
    return new Authority(bare(text.substring(0, colon)), port(text.substring(colon + 1)));
  }

  private static String bare(String host) {
    return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
  }

  private static int port(String digits) {
    int port = 0;
    for (int i = 0; i < digits.length() && i < 5; i++) {
      int digit = Character.digit(digits.charAt(i), 10);
      if (digit < 0) {
        return 0;
      }
      port = port * 10 + digit;
    }
    return port;
  }
}
