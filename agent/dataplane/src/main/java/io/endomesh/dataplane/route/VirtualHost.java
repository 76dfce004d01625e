package io.endomesh.dataplane.route;

import io.endomesh.dataplane.Request;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The routes of one host, in the order in which they are tried (Envoy {@code VirtualHost}).
 * Immutable.
 *
 * @param name of the service, {@code orders.default}, for telemetry and messages
 */
public record VirtualHost(String name, List<Route> routes) {

  public VirtualHost {
    routes = List.copyOf(routes);
  }

  /** The first route that matches, or null. Allocates nothing. */
  public @Nullable Route match(Request request) {
    for (int i = 0, n = routes.size(); i < n; i++) {
      Route route = routes.get(i);
      if (route.match().matches(request)) {
        return route;
      }
    }
    return null;
  }
}
