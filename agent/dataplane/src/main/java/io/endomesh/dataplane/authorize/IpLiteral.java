package io.endomesh.dataplane.authorize;

import org.jspecify.annotations.Nullable;

/**
 * Reads IP addresses that callers may have written: a name is not looked up on their behalf, and
 * nothing else than an address is one. An IPv4 address mapped into IPv6 is the IPv4 address.
 * Stateless.
 */
final class IpLiteral {

  private static final int V4_BYTES = 4;
  private static final int V6_BYTES = 16;
  private static final int GROUPS = 8;
  private static final int MAX_OCTET = 255;

  /** {@code ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255}. */
  private static final int MAX_LENGTH = 45;

  private IpLiteral() {}

  /** 4 or 16 bytes; null for anything else than an address. */
  static byte @Nullable [] parse(String text) {
    int zone = text.indexOf('%');
    String address = zone < 0 ? text : text.substring(0, zone);
    if (address.length() > MAX_LENGTH) {
      return null;
    }
    if (address.indexOf(':') < 0) {
      byte[] bytes = new byte[V4_BYTES];
      return put(v4(address, 0), bytes, 0) ? bytes : null;
    }
    byte[] bytes = v6(address);
    return bytes == null ? null : unmapped(bytes);
  }

  private static byte[] unmapped(byte[] v6) {
    for (int i = 0; i < V6_BYTES - V4_BYTES; i++) {
      if (v6[i] != (i < 10 ? 0 : (byte) 0xff)) {
        return v6;
      }
    }
    return new byte[] {v6[12], v6[13], v6[14], v6[15]};
  }

  /** As one number; negative if it is no IPv4 address. Allocates nothing. */
  static long v4(String text, int from) {
    long address = 0;
    int octet = -1;
    int done = 0;
    for (int i = from; i <= text.length(); i++) {
      char c = i == text.length() ? '.' : text.charAt(i);
      if (c == '.') {
        if (octet < 0 || done == V4_BYTES) {
          return -1;
        }
        address = address << Byte.SIZE | octet;
        octet = -1;
        done++;
        continue;
      }
      // A leading zero is octal to some, and decimal to others.
      if (c < '0' || c > '9' || octet == 0) {
        return -1;
      }
      octet = Math.max(octet, 0) * 10 + c - '0';
      if (octet > MAX_OCTET) {
        return -1;
      }
    }
    return done == V4_BYTES ? address : -1;
  }

  private static boolean put(long v4, byte[] into, int at) {
    for (int i = 0; i < V4_BYTES; i++) {
      into[at + i] = (byte) (v4 >> (V4_BYTES - 1 - i) * Byte.SIZE);
    }
    return v4 >= 0;
  }

  private static byte @Nullable [] v6(String text) {
    byte[] bytes = new byte[V6_BYTES];
    int at = 0;
    int gap = -1;
    int i = 0;
    if (text.startsWith("::")) {
      gap = 0;
      i = 2;
    }
    while (i < text.length()) {
      int end = text.indexOf(':', i);
      int stop = end < 0 ? text.length() : end;
      if (end < 0 && text.indexOf('.', i) >= 0) {
        if (at > V6_BYTES - V4_BYTES || !put(v4(text, i), bytes, at)) {
          return null;
        }
        at += V4_BYTES;
        break;
      }
      int group = group(text, i, stop);
      if (group < 0 || at == V6_BYTES) {
        return null;
      }
      bytes[at++] = (byte) (group >> Byte.SIZE);
      bytes[at++] = (byte) group;
      if (end < 0) {
        break;
      }
      i = end + 1;
      if (i == text.length()) {
        return null;
      }
      if (text.charAt(i) == ':') {
        if (gap >= 0) {
          return null;
        }
        gap = at;
        i++;
      }
    }
    return gap < 0 ? (at == V6_BYTES ? bytes : null) : spread(bytes, at, gap);
  }

  /** Moves what stands behind the gap to the end. */
  private static byte @Nullable [] spread(byte[] bytes, int length, int gap) {
    if (length > V6_BYTES - V6_BYTES / GROUPS) {
      return null;
    }
    byte[] all = new byte[V6_BYTES];
    System.arraycopy(bytes, 0, all, 0, gap);
    System.arraycopy(bytes, gap, all, V6_BYTES - (length - gap), length - gap);
    return all;
  }

  private static int group(String text, int from, int to) {
    if (to == from || to - from > V4_BYTES) {
      return -1;
    }
    int value = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      int digit = c < 0x80 ? Character.digit(c, 16) : -1;
      if (digit < 0) {
        return -1;
      }
      value = value << 4 | digit;
    }
    return value;
  }
}
