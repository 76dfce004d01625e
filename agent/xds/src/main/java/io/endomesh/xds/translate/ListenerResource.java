package io.endomesh.xds.translate;

import io.endomesh.dataplane.Inbound;

/** A Listener, translated: an authority that can be called, or a port that is served. Immutable. */
public sealed interface ListenerResource {

  /** Its routes are a RouteConfiguration of this name. */
  record ByName(String routeName) implements ListenerResource {}

  /** Its routes come along. */
  record Inline(RouteResource routes) implements ListenerResource {}

  /** Rules for a port of this workload. */
  record Server(Inbound.Port port) implements ListenerResource {}
}
