package io.endomesh.dataplane.cluster;

import org.jspecify.annotations.Nullable;

/** How the calls of a cluster are spread over its endpoints (Envoy {@code Cluster.lb_policy}). */
public sealed interface Balancing {

  /** Power of two choices without warming up: what a cluster does that nobody configured. */
  Balancing DEFAULT = new LeastRequest(2, null);

  /**
   * @param endpoints at least one
   */
  Balancer over(Endpoint[] endpoints);

  /**
   * Of a few endpoints at random, the one with the fewest calls in flight (Envoy {@code
   * LeastRequestLbConfig}).
   *
   * @param choices how many; Envoy's default is 2
   * @param slowStart null gives a new endpoint its full share at once
   */
  record LeastRequest(int choices, @Nullable SlowStart slowStart) implements Balancing {
    @Override
    public Balancer over(Endpoint[] endpoints) {
      return new LeastRequestBalancer(endpoints, choices, slowStart);
    }
  }

  /**
   * One after the other, each as often as its weight says.
   *
   * @param slowStart null gives a new endpoint its full share at once
   */
  record RoundRobin(@Nullable SlowStart slowStart) implements Balancing {
    @Override
    public Balancer over(Endpoint[] endpoints) {
      return new RoundRobinBalancer(endpoints, slowStart);
    }
  }

  /** At random, each as likely as its weight. */
  record Random() implements Balancing {
    @Override
    public Balancer over(Endpoint[] endpoints) {
      return new RandomBalancer(endpoints);
    }
  }

  /**
   * Of two endpoints at random, the one that is expected to answer sooner: recent peak latency
   * times calls in flight (Linkerd's default).
   */
  record PeakEwma() implements Balancing {
    @Override
    public Balancer over(Endpoint[] endpoints) {
      return new PeakEwmaBalancer(endpoints);
    }
  }

  /**
   * By the request's hash on a ring (Ketama; Envoy {@code RingHashLbConfig}).
   *
   * @param minSize entries of the ring; Envoy's default is 1024
   * @param maxSize Envoy's default is 8 M
   */
  record RingHash(int minSize, int maxSize) implements Balancing {
    public static final int DEFAULT_MIN_SIZE = 1024;
    public static final int DEFAULT_MAX_SIZE = 8 * 1024 * 1024;

    @Override
    public Balancer over(Endpoint[] endpoints) {
      return new RingHashBalancer(endpoints, minSize, maxSize);
    }
  }

  /**
   * By the request's hash in a look-up table (Eisenbud et al., Maglev, NSDI 2016; Envoy {@code
   * MaglevLbConfig}).
   *
   * @param tableSize a prime; Envoy's default is 65537
   */
  record Maglev(int tableSize) implements Balancing {
    public static final int DEFAULT_TABLE_SIZE = 65_537;

    @Override
    public Balancer over(Endpoint[] endpoints) {
      return new MaglevBalancer(endpoints, tableSize);
    }
  }

  /**
   * True if it matters what the request's hash is. Static, because a class whose interface has
   * default methods initializes that interface, and {@link #DEFAULT} would initialize the class:
   * two threads that begin at different ends wait for each other for ever (JLS 12.4.2).
   */
  static boolean byHash(Balancing balancing) {
    return balancing instanceof RingHash || balancing instanceof Maglev;
  }
}
