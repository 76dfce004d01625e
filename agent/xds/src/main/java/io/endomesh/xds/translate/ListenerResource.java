package io.endomesh.xds.translate;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.limit.RateLimit;
import java.util.List;

/** A Listener, translated: an authority that can be called, or a port that is served. Immutable. */
public sealed interface ListenerResource {

  /** Its routes are a RouteConfiguration of this name. */
  record ByName(String routeName) implements ListenerResource {}

  /** Its routes come along. */
  record Inline(RouteResource routes) implements ListenerResource {}

  /**
   * Rules for a port of this workload.
   *
   * @param port without its limits
   * @param limits to be put together with their state
   */
  record Server(Inbound.Port port, List<RateLimit> limits) implements ListenerResource {
    public Server {
      limits = List.copyOf(limits);
    }
  }
}
