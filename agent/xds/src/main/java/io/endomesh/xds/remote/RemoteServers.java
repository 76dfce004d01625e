package io.endomesh.xds.remote;

import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.external.CheckServer;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.LimitServer;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.runtime.Log;
import io.endomesh.xds.runtime.Serial;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The servers that policies name: the controller, over the connection to it, and clusters of
 * others, over connections of their own. Not thread-safe: runs on the control thread; the servers
 * it hands out are.
 */
public final class RemoteServers {

  private record Other(ServerCluster cluster, LimitServer limits, CheckServer checks) {}

  private final LimitServer controller;
  private final Http2Client http;
  private final Serial serial;
  private final LongSupplier nanoTime;
  private final Log log;
  private final Map<GlobalPolicy.Server, Other> others = new HashMap<>();

  /**
   * @param controller the connection to it; null while there is none
   * @param nanoTime the clock of the mesh
   */
  public RemoteServers(
      Supplier<@Nullable Http2Connection> controller,
      Http2Client http,
      Serial serial,
      LongSupplier nanoTime,
      Log log) {
    this.controller =
        new RemoteLimits(GlobalPolicy.CONTROLLER, new ControllerPeers(controller), nanoTime, log);
    this.http = http;
    this.serial = serial;
    this.nanoTime = nanoTime;
    this.log = log;
  }

  /** Nobody is asked before {@link #use} said where it is. */
  public LimitServer limits(GlobalPolicy.Server server) {
    return server.isController() ? controller : other(server).limits();
  }

  /** Likewise. */
  public CheckServer checks(GlobalPolicy.Server server) {
    return other(server).checks();
  }

  /**
   * These are in use, and no others.
   *
   * @param identity null while this workload has none
   */
  public void use(Map<GlobalPolicy.Server, Cluster> clusters, @Nullable Identity identity) {
    serial.check();
    others
        .entrySet()
        .removeIf(
            other -> {
              boolean gone = !clusters.containsKey(other.getKey());
              if (gone) {
                other.getValue().cluster().close();
              }
              return gone;
            });
    clusters.forEach((server, cluster) -> other(server).cluster().use(cluster, identity));
  }

  public void close() {
    use(Map.of(), null);
  }

  private Other other(GlobalPolicy.Server server) {
    serial.check();
    return others.computeIfAbsent(
        server,
        named -> {
          ServerCluster cluster = new ServerCluster(named.authority(), http, serial, nanoTime);
          return new Other(
              cluster,
              new RemoteLimits(named.authority(), cluster, nanoTime, log),
              new RemoteChecks(named.authority(), cluster, nanoTime, log));
        });
  }
}
