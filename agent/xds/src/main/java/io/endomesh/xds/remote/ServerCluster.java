package io.endomesh.xds.remote;

import io.endomesh.dataplane.Outcome;
import io.endomesh.dataplane.cluster.Cluster;
import io.endomesh.dataplane.cluster.ClusterLoad;
import io.endomesh.dataplane.cluster.Endpoint;
import io.endomesh.dataplane.identity.ClientTls;
import io.endomesh.dataplane.identity.Identity;
import io.endomesh.dataplane.identity.OriginatedTls;
import io.endomesh.xds.http2.Http2Client;
import io.endomesh.xds.http2.Http2Connection;
import io.endomesh.xds.runtime.Serial;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The endpoints of one server that is asked, each with a connection of its own. A question goes to
 * one that is connected, chosen as a call of the application would be: by the balancing, the
 * outlier detection and the limits of the cluster, but by what questions met there and no others.
 * {@link #use} and {@link #close} run on the control thread; the rest is thread-safe.
 */
final class ServerCluster implements Peers {

  /** To learn where a server is and to connect takes some milliseconds, which is no news. */
  private static final long BEGINNING_NANOS = Duration.ofSeconds(2).toNanos();

  private static final Endpoint[] NONE_TRIED = {};

  /** What makes an endpoint another, to which another connection belongs. */
  private record Place(
      InetSocketAddress address, @Nullable String identity, @Nullable OriginatedTls originated) {

    static Place of(Endpoint endpoint) {
      return new Place(endpoint.address(), endpoint.identity(), endpoint.originated());
    }
  }

  /**
   * Who can be asked now. Immutable, save for loads.
   *
   * @param cluster of the endpoints that are connected; null if there is none
   * @param why there is none
   */
  private record Reachable(
      @Nullable Cluster cluster, Map<InetSocketAddress, Http2Connection> open, String why) {}

  private final String authority;
  private final Http2Client http;
  private final Serial serial;
  private final LongSupplier nanoTime;
  private final long sinceNanos;
  private final ClusterLoad load = new ClusterLoad();

  private Map<Place, Link> links = new HashMap<>();
  private @Nullable Cluster known;
  private @Nullable Identity ours;

  private volatile Reachable reachable =
      new Reachable(null, Map.of(), "no endpoint of it is known");

  /**
   * @param authority of all questions
   * @param nanoTime the clock of the mesh
   */
  ServerCluster(String authority, Http2Client http, Serial serial, LongSupplier nanoTime) {
    this.authority = authority;
    this.http = http;
    this.serial = serial;
    this.nanoTime = nanoTime;
    this.sinceNanos = nanoTime.getAsLong();
  }

  /**
   * Connects to these endpoints from now on, and to no others.
   *
   * @param identity null while this workload has none
   */
  void use(Cluster cluster, @Nullable Identity identity) {
    boolean same = cluster == known && identity == ours;
    if (!same) {
      link(cluster, identity);
    }
    // Files that TLS is made of change without any of both.
    for (Endpoint endpoint : cluster.endpoints()) {
      ClientTls tls = endpoint.tls(identity);
      if (tls != null || endpoint.originated() == null && endpoint.identity() == null) {
        link(endpoint).reach(tls);
      }
    }
    if (!same) {
      publish();
    }
  }

  private void link(Cluster cluster, @Nullable Identity identity) {
    known = cluster;
    ours = identity;
    Map<Place, Link> before = links;
    links = new HashMap<>();
    for (Endpoint endpoint : cluster.endpoints()) {
      links.computeIfAbsent(Place.of(endpoint), place -> link(before, place));
    }
    before.values().forEach(Link::close);
  }

  void close() {
    links.values().forEach(Link::close);
    links = new HashMap<>();
    known = null;
    reachable = new Reachable(null, Map.of(), "it is not asked any more");
  }

  private Link link(Map<Place, Link> before, Place place) {
    Link kept = before.remove(place);
    return kept != null ? kept : new Link(place.address(), authority, http, serial, this::publish);
  }

  private Link link(Endpoint endpoint) {
    Link link = links.get(Place.of(endpoint));
    if (link == null) {
      throw new IllegalStateException(endpoint.hostAndPort() + " has no link");
    }
    return link;
  }

  private void publish() {
    Cluster cluster = known;
    if (cluster == null) {
      return;
    }
    List<Endpoint> connected = new ArrayList<>();
    Map<InetSocketAddress, Http2Connection> open = new HashMap<>();
    String why = "no endpoint of it is known";
    for (Endpoint endpoint : cluster.endpoints()) {
      Link link = link(endpoint);
      Http2Connection connection = link.open();
      if (connection == null) {
        why = "there is no connection to it (" + endpoint.hostAndPort() + ": " + link.why() + ")";
      } else if (open.putIfAbsent(endpoint.address(), connection) == null) {
        connected.add(asked(endpoint, link));
      }
    }
    reachable =
        new Reachable(
            connected.isEmpty()
                ? null
                : new Cluster(cluster.name(), cluster.service(), connected, cluster.policy(), load),
            Map.copyOf(open),
            why);
  }

  private static Endpoint asked(Endpoint endpoint, Link link) {
    return new Endpoint(
        endpoint.address(),
        endpoint.identity(),
        endpoint.labels(),
        endpoint.weight(),
        endpoint.priority(),
        endpoint.locality(),
        endpoint.localityWeight(),
        endpoint.originated(),
        link.load());
  }

  @Override
  public @Nullable Peer next() {
    Reachable now = reachable;
    Cluster cluster = now.cluster();
    if (cluster == null || !cluster.admits()) {
      return null;
    }
    Endpoint endpoint =
        cluster.pick(NONE_TRIED, ThreadLocalRandom.current().nextLong(), nanoTime.getAsLong());
    Http2Connection connection = endpoint == null ? null : now.open().get(endpoint.address());
    return endpoint == null || connection == null || !connection.isOpen()
        ? null
        : new Asked(cluster, endpoint, connection);
  }

  @Override
  public @Nullable String why() {
    Reachable now = reachable;
    if (now.cluster() == null) {
      return nanoTime.getAsLong() - sinceNanos < BEGINNING_NANOS ? null : now.why();
    }
    return now.cluster().admits()
        ? "all its endpoints are ejected, or have just been lost"
        : "as many questions are in flight as its limit lets be";
  }

  /** One question in flight. */
  private final class Asked implements Peer {

    private final Cluster cluster;
    private final Endpoint endpoint;
    private final Http2Connection connection;

    Asked(Cluster cluster, Endpoint endpoint, Http2Connection connection) {
      this.cluster = cluster;
      this.endpoint = endpoint;
      this.connection = connection;
      endpoint.load().begin();
      cluster.load().begin(/* retry= */ false);
    }

    @Override
    public Http2Connection connection() {
      return connection;
    }

    @Override
    public void outcome(int grpcStatus, long durationNanos) {
      // As a gRPC call that was answered, if only with its status.
      cluster.outcome(
          endpoint,
          new Outcome(HTTP_OK, grpcStatus, null, durationNanos),
          /* sent= */ true,
          nanoTime.getAsLong());
    }

    @Override
    public void end() {
      endpoint.load().end();
      cluster.load().end(/* retry= */ false);
    }
  }

  private static final int HTTP_OK = 200;
}
