package io.endomesh.dataplane;

import io.endomesh.dataplane.route.VirtualHost;
import org.jspecify.annotations.Nullable;

/** Learns about hosts on demand. Implemented by the controller connection; thread-safe. */
public interface Discovery {

  /** Knows nothing: every call passes through. */
  Discovery NONE = authority -> null;

  /**
   * What the mesh knows about a host that is not in the snapshot. The first question may wait for
   * the controller, by a bounded time; an answer of "not in the mesh" is remembered, so that calls
   * to external hosts are not delayed.
   *
   * @param authority as the application wrote it, in lower case
   * @return null if the host is not in the mesh
   */
  @Nullable VirtualHost lookup(String authority);
}
