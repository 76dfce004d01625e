package io.endomesh.controller.kinds;

import io.netty.util.NetUtil;

/** Tells IP addresses from names, without asking DNS. Stateless. */
final class IpAddress {

  private IpAddress() {}

  static boolean isLiteral(String address) {
    return NetUtil.isValidIpV4Address(address) || NetUtil.isValidIpV6Address(address);
  }
}
