package io.endomesh.controller.jwks;

import io.endomesh.dataplane.authorize.AddressRange;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/**
 * Keeps whoever may apply a resource from having the controller ask addresses that only it can
 * reach: itself, its network, the metadata service of a cloud (OWASP, Server-Side Request Forgery).
 * The address that was looked at is the one that is asked: a name is not looked up twice.
 * Immutable.
 */
final class AddressGuard {

  /** IANA's registries of special-purpose addresses (RFC 6890), as far as nobody else uses them. */
  private static final List<AddressRange> REFUSED =
      List.of(
          range("0.0.0.0", 8),
          range("10.0.0.0", 8),
          range("100.64.0.0", 10),
          range("127.0.0.0", 8),
          range("169.254.0.0", 16),
          range("172.16.0.0", 12),
          range("192.0.0.0", 24),
          range("192.0.2.0", 24),
          range("192.168.0.0", 16),
          range("198.18.0.0", 15),
          range("198.51.100.0", 24),
          range("203.0.113.0", 24),
          range("224.0.0.0", 3),
          // Of IPv6 all but what is given out today (2000::/3), and of that what leads to IPv4.
          range("::", 3),
          range("2001::", 23),
          range("2001:db8::", 32),
          range("2002::", 16),
          range("4000::", 2),
          range("8000::", 1));

  private final List<AddressRange> allowed;

  private final String option;

  /**
   * @param option prefix of the one that allows more, for messages
   */
  AddressGuard(List<AddressRange> allowed, String option) {
    this.option = option;
    this.allowed = List.copyOf(allowed);
  }

  private static AddressRange range(String address, int bits) {
    return AddressRange.of(address, bits);
  }

  /**
   * The address to ask.
   *
   * @throws KeyFetchException if one of those that the name has may not be asked
   */
  InetAddress resolve(String host) throws KeyFetchException {
    InetAddress[] addresses;
    try {
      addresses = InetAddress.getAllByName(host);
    } catch (UnknownHostException e) {
      throw new KeyFetchException("the name of its host is not known");
    }
    for (InetAddress address : addresses) {
      if (!isAllowed(address)) {
        throw new KeyFetchException(
            "its address is not a public one (expected: "
                + option
                + "-allow with a range that holds it)");
      }
    }
    return addresses[0];
  }

  /** The JDK makes an IPv4 address of one that is mapped to IPv6. */
  boolean isAllowed(InetAddress address) {
    String text = address.getHostAddress();
    int zone = text.indexOf('%');
    String plain = zone < 0 ? text : text.substring(0, zone);
    return allowed.stream().anyMatch(range -> range.contains(plain))
        || REFUSED.stream().noneMatch(range -> range.contains(plain));
  }
}
