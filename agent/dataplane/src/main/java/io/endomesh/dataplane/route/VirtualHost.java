package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Request;
import io.endomesh.dataplane.database.DatabasePolicy;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The routes of one host, in the order in which they are tried (Envoy {@code VirtualHost}). */
public final class VirtualHost {

  private final String name;
  private final List<Route> routes;
  private final RouteIndex index;
  private final @Nullable DatabasePolicy database;

  /**
   * @param name of the service, {@code orders.default}, for telemetry and messages
   */
  public VirtualHost(String name, List<Route> routes) {
    this(name, routes, null);
  }

  /**
   * @param database rules for statements that are executed there; null if there are none
   */
  public VirtualHost(String name, List<Route> routes, @Nullable DatabasePolicy database) {
    this.name = name;
    this.database = database;
    this.routes = List.copyOf(routes);
    this.index = new RouteIndex(this.routes);
  }

  public String name() {
    return name;
  }

  public List<Route> routes() {
    return routes;
  }

  public @Nullable DatabasePolicy database() {
    return database;
  }

  /** The first route that matches, or null. Allocates nothing. */
  public @Nullable Route match(Request request) {
    Route[] candidates = index.candidates(request.path());
    for (Route route : candidates) {
      if (route.match().matches(request)) {
        return route;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return name + routes;
  }
}
