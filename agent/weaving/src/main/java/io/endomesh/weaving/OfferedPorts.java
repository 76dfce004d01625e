package io.endomesh.weaving;

import io.endomesh.dataplane.Protocol;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The HTTP servers of one library that serve the mesh, and the port that each was offered to others
 * with. A server is whatever of the library binds one port. Thread-safe; holds no server.
 */
public final class OfferedPorts<S> {

  /** The port as it was reported to the mesh; 0 while it is not. */
  private final WeakIdentityMap<S, AtomicInteger> reported = new WeakIdentityMap<>();

  /** Before it accepts anything: some servers accept before they know their port. */
  public void add(S server) {
    reported.putIfAbsent(server, new AtomicInteger());
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
    @Nullable AtomicInteger known = reported.get(server);
    if (known != null && port > 0 && known.compareAndSet(0, port)) {
      Weaving.mesh().listening(port, Protocol.HTTP);
    }
  }

  /** Takes the port back, once, before it goes: new calls are to go elsewhere. */
  public void closing(S server) {
    @Nullable AtomicInteger known = reported.get(server);
    int port = known == null ? 0 : known.getAndSet(0);
    if (port != 0) {
      Weaving.mesh().notListening(port);
    }
  }

  /** The port as it was offered; 0 while it is not. */
  public int port(S server) {
    @Nullable AtomicInteger known = reported.get(server);
    return known == null ? 0 : known.get();
  }
}
