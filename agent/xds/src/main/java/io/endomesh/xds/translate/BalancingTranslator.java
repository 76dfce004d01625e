package io.endomesh.xds.translate;

import com.google.protobuf.UInt64Value;
import io.endomesh.dataplane.cluster.Balancing;
import io.endomesh.dataplane.cluster.SlowStart;
import io.envoyproxy.envoy.config.cluster.v3.Cluster;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** {@code Cluster.lb_policy} and its configuration to {@link Balancing}. Stateless. */
final class BalancingTranslator {

  /** Envoy has no proto for it in the version of its API that we read. */
  private static final String PEAK_EWMA = "peak_ewma";

  /** Envoy {@code LeastRequestLbConfig.choice_count}. */
  private static final int DEFAULT_CHOICES = 2;

  /** More choices than a cluster has endpoints only cost time. */
  private static final int MAX_CHOICES = 100;

  /** Envoy {@code SlowStartConfig.min_weight_percent}. */
  private static final int DEFAULT_MIN_WEIGHT_PERCENT = 10;

  /** Envoy {@code RingHashLbConfig}: more is refused there too. */
  private static final int MAX_RING_SIZE = Balancing.RingHash.DEFAULT_MAX_SIZE;

  /** Envoy {@code MaglevLbConfig.table_size}. */
  private static final int MAX_TABLE_SIZE = 5_000_011;

  private BalancingTranslator() {}

  /**
   * @param named in our own metadata, for what Envoy has no word for; empty leaves it to Envoy's
   */
  static Balancing translate(Cluster message, String named) throws InvalidResource {
    if (named.equals(PEAK_EWMA)) {
      return new Balancing.PeakEwma();
    }
    if (!named.isEmpty()) {
      throw new InvalidResource(
          "metadata.endomesh.balancing: " + named + " (expected: " + PEAK_EWMA + ")");
    }
    return switch (message.getLbPolicy()) {
      case ROUND_ROBIN -> roundRobin("round_robin_lb_config", message.getRoundRobinLbConfig());
      case LEAST_REQUEST ->
          leastRequest("least_request_lb_config", message.getLeastRequestLbConfig());
      case RANDOM -> new Balancing.Random();
      case RING_HASH -> ringHash("ring_hash_lb_config", message.getRingHashLbConfig());
      case MAGLEV -> maglev("maglev_lb_config", message.getMaglevLbConfig());
      default ->
          throw new InvalidResource(
              "lb_policy: "
                  + message.getLbPolicy()
                  + " (expected: ROUND_ROBIN, LEAST_REQUEST, RANDOM, RING_HASH or MAGLEV)");
    };
  }

  private static Balancing roundRobin(String field, Cluster.RoundRobinLbConfig message)
      throws InvalidResource {
    return new Balancing.RoundRobin(
        message.hasSlowStartConfig()
            ? slowStart(field + ".slow_start_config", message.getSlowStartConfig())
            : null);
  }

  private static Balancing leastRequest(String field, Cluster.LeastRequestLbConfig message)
      throws InvalidResource {
    double bias = message.getActiveRequestBias().getDefaultValue();
    if (message.hasActiveRequestBias() && bias != 1) {
      throw new InvalidResource(field + ".active_request_bias: " + bias + " (expected: 1 or none)");
    }
    int choices =
        message.hasChoiceCount()
            ? Numbers.within(
                field + ".choice_count",
                Integer.toUnsignedLong(message.getChoiceCount().getValue()),
                2,
                MAX_CHOICES)
            : DEFAULT_CHOICES;
    return new Balancing.LeastRequest(
        choices,
        message.hasSlowStartConfig()
            ? slowStart(field + ".slow_start_config", message.getSlowStartConfig())
            : null);
  }

  /** Null if there is no window, as Envoy has it. */
  private static @Nullable SlowStart slowStart(String field, Cluster.SlowStartConfig message)
      throws InvalidResource {
    long window = Messages.nanos(field + ".slow_start_window", message.getSlowStartWindow());
    double aggression = message.hasAggression() ? message.getAggression().getDefaultValue() : 1;
    if (!(aggression > 0) || Double.isInfinite(aggression)) {
      throw new InvalidResource(field + ".aggression: " + aggression + " (expected: > 0)");
    }
    int minPercent =
        message.hasMinWeightPercent()
            ? Numbers.percent(field + ".min_weight_percent", message.getMinWeightPercent())
            : DEFAULT_MIN_WEIGHT_PERCENT;
    return window == 0 ? null : new SlowStart(window, aggression, minPercent);
  }

  private static Balancing ringHash(String field, Cluster.RingHashLbConfig message)
      throws InvalidResource {
    Messages.unsupported(
        field + ".hash_function: " + message.getHashFunction(),
        message.getHashFunction() != Cluster.RingHashLbConfig.HashFunction.XX_HASH);
    int min =
        size(
            field + ".minimum_ring_size",
            message.hasMinimumRingSize(),
            message.getMinimumRingSize(),
            Balancing.RingHash.DEFAULT_MIN_SIZE);
    int max =
        size(
            field + ".maximum_ring_size",
            message.hasMaximumRingSize(),
            message.getMaximumRingSize(),
            Balancing.RingHash.DEFAULT_MAX_SIZE);
    if (min > max) {
      throw new InvalidResource(
          field + ".minimum_ring_size: " + min + " (expected: at most the maximum, " + max + ")");
    }
    return new Balancing.RingHash(min, max);
  }

  private static int size(String field, boolean present, UInt64Value value, int otherwise)
      throws InvalidResource {
    return present ? Numbers.within(field, value.getValue(), 1, MAX_RING_SIZE) : otherwise;
  }

  private static Balancing maglev(String field, Cluster.MaglevLbConfig message)
      throws InvalidResource {
    if (!message.hasTableSize()) {
      return new Balancing.Maglev(Balancing.Maglev.DEFAULT_TABLE_SIZE);
    }
    long size = message.getTableSize().getValue();
    // Certain beyond all doubt at 1 - 2^-50, and it asks for no list of primes.
    if (size < 2 || size > MAX_TABLE_SIZE || !BigInteger.valueOf(size).isProbablePrime(50)) {
      throw new InvalidResource(
          field
              + ".table_size: "
              + Long.toUnsignedString(size)
              + " (expected: a prime up to "
              + MAX_TABLE_SIZE
              + ")");
    }
    return new Balancing.Maglev((int) size);
  }
}
