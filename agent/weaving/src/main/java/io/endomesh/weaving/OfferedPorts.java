package io.endomesh.weaving;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP servers of one library that serve the mesh, and the port that each was offered to others
 * with. A server is whatever of the library binds one port. Thread-safe; holds no server.
 */
public final class OfferedPorts<S> {

  /** The port of a server that is not offered. */
  private static final Offer NONE = new Offer(null, 0);

  private final boolean ofContainer;
  private final WeakIdentityMap<S, AtomicReference<Offer>> reported = new WeakIdentityMap<>();

  /** As it was reported to the mesh, by whatever thread. */
  private record Offer(@Nullable Mesh mesh, int port) {}

  public OfferedPorts() {
    this(/* ofContainer= */ false);
  }

  private OfferedPorts(boolean ofContainer) {
    this.ofContainer = ofContainer;
  }

  /** Of a library that runs web applications, which are called at the ports of its servers. */
  public static <S> OfferedPorts<S> ofContainer() {
    return new OfferedPorts<>(/* ofContainer= */ true);
  }

  /** Before it accepts anything: some servers accept before they know their port. */
  public void add(S server) {
    reported.putIfAbsent(server, new AtomicReference<>(NONE));
  }

  /** It starts again, as something that does not serve the mesh. */
  public void remove(S server) {
    reported.remove(server);
  }

  public boolean contains(S server) {
    return reported.get(server) != null;
  }

  /**
   * Offers the port, once, if the server is one of these.
   *
   * @param port not positive if it could not be bound: then there is nothing to offer
   */
  public void bound(S server, int port) {
    @Nullable AtomicReference<Offer> known = reported.get(server);
    Mesh mesh = Weaving.mesh();
    if (known != null && port > 0 && known.compareAndSet(NONE, new Offer(mesh, port))) {
      mesh.listening(port, Protocol.HTTP);
      WebApplications applications = ofContainer ? Weaving.applications() : null;
      if (applications != null) {
        applications.bound(port, Protocol.HTTP);
      }
    }
  }

  /** Takes the port back, once, before it goes: new calls are to go elsewhere. */
  public void closing(S server) {
    @Nullable AtomicReference<Offer> known = reported.get(server);
    Offer offer = known == null ? NONE : known.getAndSet(NONE);
    if (offer.mesh() != null) {
      offer.mesh().notListening(offer.port());
      WebApplications applications = ofContainer ? Weaving.applications() : null;
      if (applications != null) {
        applications.closed(offer.port());
      }
    }
  }

  /** The port as it was offered; 0 while it is not. */
  public int port(S server) {
    @Nullable AtomicReference<Offer> known = reported.get(server);
    return known == null ? 0 : known.get().port();
  }
}
