package io.endomesh.dataplane.authorize;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A range of IP addresses in CIDR notation, IPv4 or IPv6. Immutable. */
public final class AddressRange {

  private final byte[] network;
  private final int prefixBits;

  private AddressRange(byte[] network, int prefixBits) {
    this.network = network;
    this.prefixBits = prefixBits;
  }

  /**
   * @throws IllegalArgumentException if the address is no IP literal, or too short for the prefix
   */
  public static AddressRange of(String address, int prefixBits) {
    byte[] network = literal(address);
    if (network == null || prefixBits < 0 || prefixBits > network.length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "address range: "
              + address
              + "/"
              + prefixBits
              + " (expected: an IP address and a prefix length that fits it)");
    }
    return new AddressRange(network, prefixBits);
  }

  /** True if the text is an IP address of this range; text that is none is in no range. */
  public boolean contains(@Nullable String address) {
    byte[] bytes = address == null ? null : literal(address);
    if (bytes == null || bytes.length != network.length) {
      return false;
    }
    int whole = prefixBits / Byte.SIZE;
    if (!Arrays.equals(bytes, 0, whole, network, 0, whole)) {
      return false;
    }
    int rest = prefixBits % Byte.SIZE;
    int unused = Byte.SIZE - rest;
    return rest == 0 || (bytes[whole] & 0xff) >>> unused == (network[whole] & 0xff) >>> unused;
  }

  /** Null for anything else than a literal: no name is looked up on behalf of a caller. */
  private static byte @Nullable [] literal(String address) {
    boolean v6 = address.indexOf(':') >= 0;
    if (!v6 && !isDottedQuad(address)) {
      return null;
    }
    try {
      return InetAddress.getByName(address).getAddress();
    } catch (UnknownHostException notAnAddress) {
      return null;
    }
  }

  private static boolean isDottedQuad(String address) {
    int dots = 0;
    for (int i = 0; i < address.length(); i++) {
      char c = address.charAt(i);
      if (c == '.') {
        dots++;
      } else if (c < '0' || c > '9') {
        return false;
      }
    }
    return dots == 3;
  }
}
