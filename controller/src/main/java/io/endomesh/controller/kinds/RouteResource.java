package io.endomesh.controller.kinds;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A route of Gateway API whose parents are services (GAMMA, GEP-1324): HTTPRoute or GRPCRoute.
 * Immutable.
 */
public sealed interface RouteResource extends MeshResource permits HttpRoute, GrpcRoute {

  List<Parent> parents();

  List<? extends Rule> rules();

  /**
   * A service whose callers the route is for.
   *
   * @param port null for all of its ports
   */
  record Parent(String namespace, String service, @Nullable Integer port) {}

  /** One rule: what it matches, where it leads, and how failures are dealt with. */
  interface Rule {

    List<Backend> backends();

    Timeouts timeouts();

    @Nullable Retry retry();

    RouteFilters filters();

    /** Null if calls of one session need not stay together. */
    @Nullable Session session();
  }

  /**
   * @param subset of a DestinationRule; null for all endpoints
   * @param port null for the primary one
   * @param filters header changes for this backend only
   * @param host as a VirtualService writes it, because a ServiceEntry may have it; null for what
   *     can be a service only
   */
  record Backend(
      String namespace,
      String service,
      @Nullable String subset,
      @Nullable Integer port,
      int weight,
      RouteFilters filters,
      @Nullable String host) {

    /** A service. */
    public Backend(
        String namespace,
        String service,
        @Nullable String subset,
        @Nullable Integer port,
        int weight,
        RouteFilters filters) {
      this(namespace, service, subset, port, weight, filters, null);
    }

    Backend withWeight(int other) {
      return new Backend(namespace, service, subset, port, other, filters, host);
    }
  }

  /**
   * Calls of one session stay with one endpoint (GEP-1619).
   *
   * @param name of the cookie or header
   * @param cookie false for a header
   * @param lifetimeNanos of the cookie; null ends it with the application's session
   */
  record Session(String name, boolean cookie, @Nullable Long lifetimeNanos) {}

  /**
   * @param requestNanos for the whole call; null is none
   * @param attemptNanos for each attempt; null is none
   */
  record Timeouts(@Nullable Long requestNanos, @Nullable Long attemptNanos) {}

  /**
   * @param codes HTTP statuses
   * @param attempts after the first one; null is the default
   * @param backoffNanos null is the default
   * @param conditions further ones, as Envoy's {@code retry_on} names them
   */
  record Retry(
      List<Integer> codes,
      @Nullable Integer attempts,
      @Nullable Long backoffNanos,
      List<String> conditions) {
    public Retry {
      codes = List.copyOf(codes);
      conditions = List.copyOf(conditions);
    }
  }

  /** A string to be equal to, or a regular expression for the whole of it. */
  record Text(boolean regex, String value) {}

  /**
   * @param name of a header in lower case, or of a query parameter
   */
  record NamedText(String name, Text value) {}
}
