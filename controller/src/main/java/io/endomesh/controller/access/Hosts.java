package io.endomesh.controller.access;

import com.google.common.net.HostAndPort;
import com.google.common.net.InetAddresses;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The names under which the console may be asked for. A page of somebody else can make its own name
 * resolve to this machine (DNS rebinding) and so read what it gets, but not change the name the
 * browser sends. Addresses are no names, so they are all welcome. Immutable.
 */
final class Hosts {

  private final Set<String> names;

  /**
   * @param names beside {@code localhost}
   */
  Hosts(Set<String> names) {
    this.names =
        names.stream().map(name -> name.toLowerCase(Locale.ROOT)).collect(Collectors.toSet());
  }

  boolean allows(@Nullable String authority) {
    if (authority == null || authority.isEmpty()) {
      return false;
    }
    String host;
    try {
      host = HostAndPort.fromString(authority).getHost().toLowerCase(Locale.ROOT);
    } catch (IllegalArgumentException e) {
      // Not an authority at all.
      return false;
    }
    return InetAddresses.isInetAddress(host)
        || host.equals("localhost")
        || host.endsWith(".localhost")
        || names.contains(host);
  }
}
