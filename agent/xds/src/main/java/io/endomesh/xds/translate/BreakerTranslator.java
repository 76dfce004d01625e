package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.cluster.Breaker;
import org.jspecify.annotations.Nullable;

/** The breaker in a cluster's metadata, which xDS has no field for. Stateless. */
final class BreakerTranslator {

  private static final double NANOS_PER_MILLI = 1e6;

  /** A window, or a time open, of more than a day is a mistake. */
  private static final double MAX_MILLIS = 86_400_000;

  private static final int MAX_CALLS = 1_000_000;

  private BreakerTranslator() {}

  /** Null if there is none. */
  static @Nullable Breaker translate(Struct metadata) throws InvalidResource {
    if (!metadata.containsFields("breaker")) {
      return null;
    }
    Struct breaker =
        metadata.getFieldsOrDefault("breaker", Value.getDefaultInstance()).getStructValue();
    return new Breaker(
        breaker.getFieldsOrDefault("name", Value.getDefaultInstance()).getStringValue(),
        nanos(breaker, "window_ms", Breaker.DEFAULT_WINDOW_NANOS),
        count(breaker, "minimum_calls", MAX_CALLS, Breaker.DEFAULT_MINIMUM_CALLS),
        count(breaker, "failure_percent", 100, Breaker.DEFAULT_FAILURE_PERCENT),
        nanos(breaker, "slow_ms", 0),
        count(breaker, "slow_percent", 100, Breaker.DEFAULT_SLOW_PERCENT),
        nanos(breaker, "open_ms", Breaker.DEFAULT_OPEN_NANOS),
        count(breaker, "half_open_calls", MAX_CALLS, Breaker.DEFAULT_HALF_OPEN_CALLS));
  }

  private static long nanos(Struct breaker, String name, long otherwise) throws InvalidResource {
    return breaker.containsFields(name)
        ? (long) (number(breaker, name, MAX_MILLIS) * NANOS_PER_MILLI)
        : otherwise;
  }

  private static int count(Struct breaker, String name, int max, int otherwise)
      throws InvalidResource {
    return breaker.containsFields(name) ? (int) number(breaker, name, max) : otherwise;
  }

  private static double number(Struct breaker, String name, double max) throws InvalidResource {
    double number = breaker.getFieldsOrDefault(name, Value.getDefaultInstance()).getNumberValue();
    if (!(number >= 1 && number <= max)) {
      throw new InvalidResource(
          "metadata.endomesh.breaker." + name + ": " + number + " (expected: 1 to " + max + ")");
    }
    return number;
  }
}
