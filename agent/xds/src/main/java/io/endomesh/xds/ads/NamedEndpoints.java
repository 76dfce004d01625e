package io.endomesh.xds.ads;

import io.endomesh.xds.runtime.Serial;
import io.endomesh.xds.translate.ClusterResource;
import io.endomesh.xds.translate.EndpointResource;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Where endpoints are that have a name and no address (Envoy {@code Cluster.STRICT_DNS}): each
 * address that DNS has for the name is one. Asked again and again; while DNS does not answer, what
 * it said before goes on. Not thread-safe: runs on the control thread.
 */
final class NamedEndpoints implements EndpointAddresses {

  /** Envoy {@code Cluster.dns_refresh_rate}; the JDK's own cache answers most of it. */
  static final long REFRESH_NANOS = Duration.ofSeconds(5).toNanos();

  private final Dns dns;
  private final Serial serial;
  private final Runnable changed;

  /** What is known of the names in use; a name that DNS was not heard about yet is absent. */
  private final Map<String, List<InetAddress>> known = new HashMap<>();

  private final Set<String> wanted = new TreeSet<>();

  /**
   * @param changed called when a name has other addresses than before
   */
  NamedEndpoints(Dns dns, Serial serial, Runnable changed) {
    this.dns = dns;
    this.serial = serial;
    this.changed = changed;
  }

  /** Asks for these names from now on, and forgets all others. */
  void want(Set<String> names) {
    known.keySet().retainAll(names);
    wanted.retainAll(names);
    for (String name : names) {
      if (wanted.add(name)) {
        ask(name);
      }
    }
  }

  @Override
  public boolean isAnswered(ClusterResource cluster) {
    return known.keySet().containsAll(cluster.names());
  }

  @Override
  public List<EndpointResource> resolved(List<EndpointResource> endpoints) {
    List<EndpointResource> resolved = new ArrayList<>();
    for (EndpointResource endpoint : endpoints) {
      InetSocketAddress address = endpoint.address();
      if (!address.isUnresolved()) {
        resolved.add(endpoint);
        continue;
      }
      for (InetAddress found : known.getOrDefault(address.getHostString(), List.of())) {
        resolved.add(endpoint.at(new InetSocketAddress(found, address.getPort())));
      }
    }
    return resolved;
  }

  private void ask(String name) {
    dns.lookUp(name, addresses -> serial.execute(() -> answered(name, addresses)));
  }

  private void answered(String name, List<InetAddress> addresses) {
    if (!wanted.contains(name)) {
      return;
    }
    serial.schedule(() -> askAgain(name), REFRESH_NANOS);
    List<InetAddress> before = known.get(name);
    // In an order of its own: DNS servers rotate theirs, which would be a change each time.
    List<InetAddress> after =
        addresses.stream().sorted(Comparator.comparing(InetAddress::getHostAddress)).toList();
    if (before == null || !after.isEmpty() && !after.equals(before)) {
      known.put(name, after);
      changed.run();
    }
  }

  private void askAgain(String name) {
    if (wanted.contains(name)) {
      ask(name);
    }
  }
}
