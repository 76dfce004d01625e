package io.endomesh.dataplane.authorize;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A range of IP addresses in CIDR notation, IPv4 or IPv6. Immutable. */
public final class AddressRange {

  private final String text;
  private final byte[] network;
  private final int prefixBits;

  /** The network as one number, if it is one of IPv4. */
  private final long v4;

  private static final long MASK = 0xffff_ffffL;

  private AddressRange(String text, byte[] network, int prefixBits) {
    this.text = text;
    this.network = network;
    this.prefixBits = prefixBits;
    this.v4 = network.length == Integer.BYTES ? ByteBuffer.wrap(network).getInt() & MASK : -1;
  }

  /**
   * @throws IllegalArgumentException if the address is no IP literal, or too short for the prefix
   */
  public static AddressRange of(String address, int prefixBits) {
    byte[] network = IpLiteral.parse(address);
    if (network == null || prefixBits < 0 || prefixBits > network.length * Byte.SIZE) {
      throw new IllegalArgumentException(
          "address range: "
              + address
              + "/"
              + prefixBits
              + " (expected: an IP address and a prefix length that fits it)");
    }
    return new AddressRange(address, network, prefixBits);
  }

  /**
   * As {@link #of}, in one text; without a length it is one address. An IPv4 range written as one
   * of IPv6 is refused: what it means is told more plainly.
   *
   * @throws IllegalArgumentException if it is none
   */
  public static AddressRange parse(String range) {
    int slash = range.indexOf('/');
    String address = slash < 0 ? range : range.substring(0, slash);
    byte[] network = IpLiteral.parse(address);
    String length = slash < 0 ? "" : range.substring(slash + 1);
    if (network == null
        || (address.indexOf(':') >= 0 && network.length != V6_BYTES)
        || address.indexOf('%') >= 0
        || (slash >= 0 && !length.matches("[0-9]{1,3}"))) {
      throw new IllegalArgumentException(
          "'" + range + "' (expected: an IP address, or a range such as 10.0.0.0/8)");
    }
    return of(address, slash < 0 ? network.length * Byte.SIZE : Integer.parseInt(length));
  }

  private static final int V6_BYTES = 16;

  public int prefixBits() {
    return prefixBits;
  }

  /** True if the text is an IP address at all. */
  public static boolean isAddress(String text) {
    return IpLiteral.parse(text) != null;
  }

  /** {@code 10.0.0.0/8}. */
  @Override
  public String toString() {
    return text + "/" + prefixBits;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof AddressRange range
        && prefixBits == range.prefixBits
        && Arrays.equals(network, range.network);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(network) * 31 + prefixBits;
  }

  /** True if the text is an IP address of this range; text that is none is in no range. */
  public boolean contains(@Nullable String address) {
    long v4 = address == null ? -1 : IpLiteral.v4(address, 0);
    if (v4 >= 0) {
      // As most callers are: not worth an array for each request.
      int shift = network.length == Integer.BYTES ? Integer.SIZE - prefixBits : -1;
      return shift >= 0 && v4 >>> shift == this.v4 >>> shift;
    }
    byte[] bytes = address == null ? null : IpLiteral.parse(address);
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
}
