package io.endomesh.dataplane.cluster;

import org.jspecify.annotations.Nullable;

/**
 * Chooses one of a fixed list of endpoints. A balancer only proposes; what this class adds is the
 * same for all: an endpoint that is ejected is never taken, one that was tried by this call or is
 * better left alone only if there is nothing else. Thread-safe; {@link #pick} allocates nothing.
 */
abstract class Balancer {

  /** How often another proposal is asked for; Istio's host selection attempts, 5. */
  private static final int MAX_DRAWS = 5;

  final Endpoint[] endpoints;

  /**
   * @param endpoints at least one
   */
  Balancer(Endpoint[] endpoints) {
    this.endpoints = endpoints;
  }

  /**
   * @param tried by this call already
   * @param hash of the request; random if nothing in it is to be hashed
   * @param panic true ignores ejections
   * @return null only if all are ejected
   */
  final @Nullable Endpoint pick(Endpoint[] tried, long hash, long nowNanos, boolean panic) {
    for (int draw = 0; draw < MAX_DRAWS; draw++) {
      Endpoint proposed = propose(hash, draw, nowNanos);
      if ((panic || !proposed.load().health().ejected())
          && !proposed.load().avoidedAt(nowNanos)
          && !contains(tried, proposed)) {
        return proposed;
      }
      if (endpoints.length == 1) {
        break;
      }
    }
    return leastBad(tried, hash, nowNanos, panic);
  }

  /**
   * Any endpoint.
   *
   * @param draw counts from 0 while proposals of one pick are turned down
   */
  abstract Endpoint propose(long hash, int draw, long nowNanos);

  /** Looks at all, from one on that the hash says, so that none is favoured by its place. */
  private @Nullable Endpoint leastBad(Endpoint[] tried, long hash, long nowNanos, boolean panic) {
    int n = endpoints.length;
    int from = (int) Long.remainderUnsigned(hash, n);
    Endpoint untried = null;
    Endpoint any = null;
    for (int i = 0; i < n; i++) {
      Endpoint endpoint = endpoints[(from + i) % n];
      if (!panic && endpoint.load().health().ejected()) {
        continue;
      }
      if (any == null) {
        any = endpoint;
      }
      if (!contains(tried, endpoint)) {
        if (!endpoint.load().avoidedAt(nowNanos)) {
          return endpoint;
        }
        if (untried == null) {
          untried = endpoint;
        }
      }
    }
    return untried != null ? untried : any;
  }

  static boolean contains(Endpoint[] tried, Endpoint endpoint) {
    for (Endpoint other : tried) {
      if (other == endpoint) {
        return true;
      }
    }
    return false;
  }
}
