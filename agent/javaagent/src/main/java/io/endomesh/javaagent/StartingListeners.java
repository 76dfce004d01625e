package io.endomesh.javaagent;

import io.endomesh.dataplane.Mesh;
import io.endomesh.dataplane.Protocol;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Remembers the ports that were bound while the controller connection was being loaded.
 * Thread-safe.
 */
final class StartingListeners implements Mesh.Listeners {

  private final Map<Integer, Protocol> bound = new LinkedHashMap<>();
  private Mesh.Listeners real = Mesh.Listeners.NONE;
  private boolean handedOver;

  @Override
  public synchronized void bound(int port, Protocol protocol) {
    if (handedOver) {
      real.bound(port, protocol);
    } else {
      bound.put(port, protocol);
    }
  }

  @Override
  public synchronized void closed(int port) {
    if (handedOver) {
      real.closed(port);
    } else {
      bound.remove(port);
    }
  }

  /** In the order in which they were bound: the first is the primary one. */
  synchronized void handOver(Mesh.Listeners listeners) {
    real = listeners;
    handedOver = true;
    bound.forEach(listeners::bound);
    bound.clear();
  }
}
