package io.endomesh.instrumentation.grpc.core;

import static io.grpc.ConnectivityState.READY;

import io.endomesh.dataplane.Snapshot;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.route.Route;
import io.endomesh.dataplane.route.VirtualHost;
import io.endomesh.weaving.Weaving;
import io.grpc.EquivalentAddressGroup;
import io.grpc.LoadBalancer;
import io.grpc.Status;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;

/**
 * The connections of one channel, one for each destination that the data plane has picked. The
 * choice itself was made before, by the interceptor: here a picked call is only led to its
 * connection, which is made at the first need. Connections to endpoints that left the mesh, or with
 * TLS that was replaced, are closed once their calls have ended. Picks come from any thread; all
 * changes happen in the channel's synchronization context.
 */
final class MeshBalancer extends LoadBalancer {

  private final Helper helper;
  private final ConcurrentMap<Destination, Connection> connections = new ConcurrentHashMap<>();

  /** The configuration that the connections were last compared with. */
  private volatile @Nullable Snapshot swept;

  private @Nullable String authority;
  private boolean shutdown;

  MeshBalancer(Helper helper) {
    this.helper = helper;
  }

  @Override
  public void handleResolvedAddresses(ResolvedAddresses resolved) {
    authority = resolved.getAttributes().get(MeshNameResolver.AUTHORITY);
    publish();
  }

  /** Of no concern: the mesh does not resolve names. */
  @Override
  public void handleNameResolutionError(Status error) {}

  @Override
  public void shutdown() {
    shutdown = true;
    connections.values().forEach(Connection::shutdown);
    connections.clear();
  }

  /**
   * READY, because the channel can take calls whatever single connections do. A new picker makes
   * the channel ask again for all calls that wait.
   */
  void publish() {
    if (!shutdown) {
      helper.updateBalancingState(READY, new Picker());
    }
  }

  /**
   * After a connection broke or was closed. gRPC wants its balancers to ask for the name again then
   * (grpc-java 8088), warns about those that do not, and asks itself: for a host that has left the
   * mesh meanwhile this is how the channel goes back to DNS.
   */
  void lost() {
    helper.refreshNameResolution();
  }

  private PickResult pick(@Nullable Pick pick) {
    if (pick == null) {
      // A call begun while the host was not in the mesh; it waits for the policy to be replaced.
      return PickResult.withNoResult();
    }
    Destination destination = pick.destination();
    if (destination == null) {
      return PickResult.withDrop(pick.refusal());
    }
    sweepAfterChange();
    Connection connection = connections.get(destination);
    if (connection == null || connection.retryDue()) {
      helper.getSynchronizationContext().execute(() -> connect(destination, connection));
      return PickResult.withNoResult();
    }
    return connection.pick();
  }

  private void connect(Destination destination, @Nullable Connection failed) {
    if (shutdown || connections.get(destination) != failed) {
      return;
    }
    if (failed != null) {
      // A new one instead of the old: the old waits for a back-off of up to two minutes, although
      // the mesh has picked the endpoint as one that is alive.
      failed.shutdown();
    }
    Subchannel subchannel =
        helper.createSubchannel(
            CreateSubchannelArgs.newBuilder()
                .setAddresses(
                    new EquivalentAddressGroup(destination.address(), destination.attributes()))
                .build());
    Connection connection = new Connection(this, helper.getSynchronizationContext(), subchannel);
    connections.put(destination, connection);
    connection.start();
  }

  private void sweepAfterChange() {
    Snapshot now = Weaving.mesh().snapshot();
    if (now != swept) {
      swept = now;
      helper.getSynchronizationContext().execute(() -> sweep(now));
    }
  }

  private void sweep(Snapshot now) {
    VirtualHost host = authority == null ? null : now.hosts().get(authority);
    if (host == null || connections.isEmpty()) {
      return;
    }
    Set<Destination> alive = destinations(host, now);
    for (Map.Entry<Destination, Connection> entry : connections.entrySet()) {
      // One that is being made has a call waiting for it, which began under the old configuration.
      if (!alive.contains(entry.getKey()) && !entry.getValue().connecting()) {
        connections.remove(entry.getKey());
        entry.getValue().shutdown();
      }
    }
  }

  private static Set<Destination> destinations(VirtualHost host, Snapshot now) {
    Set<Destination> destinations = new HashSet<>();
    for (Route route : host.routes()) {
      for (Cluster cluster : route.clusters()) {
        for (Endpoint endpoint : cluster.endpoints()) {
          Destination destination = Destination.of(endpoint, now.identity());
          if (destination != null) {
            destinations.add(destination);
          }
        }
      }
    }
    return destinations;
  }

  private final class Picker extends SubchannelPicker {
    @Override
    public PickResult pickSubchannel(PickSubchannelArgs args) {
      return pick(args.getCallOptions().getOption(Pick.OPTION));
    }
  }
}
