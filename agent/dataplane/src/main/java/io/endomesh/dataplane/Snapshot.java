package io.endomesh.dataplane;

import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.route.VirtualHost;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything the request path reads, as one immutable value; a new one replaces it whole.
 *
 * @param version grows with each publication in this JVM
 * @param hosts by authority, in lower case, each spelling the application used
 * @param inbound rules for the ports this workload serves
 * @param identity null until the first certificate was issued
 */
public record Snapshot(
    long version, Map<String, VirtualHost> hosts, Inbound inbound, @Nullable Identity identity) {

  /** Before anything is known: all calls pass through, all requests are served. */
  public static final Snapshot EMPTY = new Snapshot(0, Map.of(), Inbound.OPEN, null);

  public Snapshot {
    hosts = Map.copyOf(hosts);
  }
}
