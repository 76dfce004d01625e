package io.endomesh.dataplane.route;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Routes by the first segment of the paths they match, so that what a decision costs does not grow
 * with their number: trying 50 in turn was three quarters of it. Immutable.
 *
 * <p>A bucket holds, in their order, the routes of its segments and those whose paths have no
 * segment in common. It may hold more than can match, never fewer, so trying only it finds the
 * route that trying all would have found.
 */
final class RouteIndex {

  /** Buckets for each route, so that two seldom share one. */
  private static final int SPARSENESS = 2;

  private final Route[][] buckets;

  /** For a path that is none, as the {@code *} of OPTIONS. */
  private final Route[] all;

  RouteIndex(List<Route> routes) {
    all = routes.toArray(Route[]::new);
    buckets = new Route[Integer.highestOneBit(Math.max(1, all.length * SPARSENESS))][];
    // Shared, so that a host of nothing but patterns does not hold all of them in each bucket.
    Route[] none = candidates(-1);
    Arrays.fill(buckets, none);
    for (Route route : all) {
      String segment = route.match().path().firstSegment();
      if (segment != null) {
        int number = bucketOf("/" + segment);
        buckets[number] = candidates(number);
      }
    }
  }

  private Route[] candidates(int bucket) {
    List<Route> routes = new ArrayList<>();
    for (Route route : all) {
      String segment = route.match().path().firstSegment();
      if (segment == null || bucketOf("/" + segment) == bucket) {
        routes.add(route);
      }
    }
    return routes.toArray(Route[]::new);
  }

  /** Those that may match, in their order. Allocates nothing. */
  Route[] candidates(String path) {
    return path.startsWith("/") ? buckets[bucketOf(path)] : all;
  }

  private int bucketOf(String path) {
    int hash = 0;
    for (int i = 1; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '/') {
        break;
      }
      hash = 31 * hash + c;
    }
    // The high bits too, as HashMap has it: there are few buckets.
    return (hash ^ hash >>> 16) & (buckets.length - 1);
  }

  /**
   * The segment between the first two slashes; null if there is none.
   *
   * @param whole true if the end of the path ends the segment as well as a slash does
   */
  static @Nullable String firstSegment(String path, boolean whole) {
    if (!path.startsWith("/")) {
      return null;
    }
    int end = path.indexOf('/', 1);
    if (end < 0) {
      return whole ? path.substring(1) : null;
    }
    return path.substring(1, end);
  }
}
