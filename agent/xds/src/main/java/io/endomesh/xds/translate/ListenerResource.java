package io.endomesh.xds.translate;

import io.endomesh.dataplane.Inbound;
import io.endomesh.dataplane.external.CustomPolicies;
import io.endomesh.dataplane.limit.GlobalPolicy;
import io.endomesh.dataplane.limit.Overload;
import io.endomesh.dataplane.limit.RateLimit;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A Listener, translated: an authority that can be called, or a port that is served. Immutable. */
public sealed interface ListenerResource {

  /** Its routes are a RouteConfiguration of this name. */
  record ByName(String routeName) implements ListenerResource {}

  /** Its routes come along. */
  record Inline(RouteResource routes) implements ListenerResource {}

  /**
   * Rules for a port of this workload.
   *
   * @param port without what has a state
   * @param external to be put together with whom to ask
   * @param limits to be put together with their state
   * @param global likewise
   * @param overload likewise; null if there is none
   */
  record Server(
      Inbound.Port port,
      List<CustomPolicies> external,
      List<RateLimit> limits,
      List<GlobalPolicy> global,
      Overload.@Nullable Rules overload)
      implements ListenerResource {
    public Server {
      external = List.copyOf(external);
      limits = List.copyOf(limits);
      global = List.copyOf(global);
    }
  }
}
