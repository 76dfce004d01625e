package io.endomesh.xds.translate;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.endomesh.dataplane.cluster.Hedging;
import org.jspecify.annotations.Nullable;

/** The hedging in a cluster's metadata, which xDS has no field for. Stateless. */
final class HedgingTranslator {

  private static final double NANOS_PER_MILLI = 1e6;

  /** Who waits an hour for the first answer does not need a second. */
  private static final double MAX_MILLIS = 3_600_000;

  /** Of what must be said. */
  private static final double ABSENT = Double.NaN;

  private HedgingTranslator() {}

  /** Null if there is none. */
  static @Nullable Hedging translate(Struct metadata) throws InvalidResource {
    if (!metadata.containsFields("hedging")) {
      return null;
    }
    Struct hedging =
        metadata.getFieldsOrDefault("hedging", Value.getDefaultInstance()).getStructValue();
    return new Hedging(
        hedging.getFieldsOrDefault("name", Value.getDefaultInstance()).getStringValue(),
        (long) (number(hedging, "after_ms", 1, MAX_MILLIS, ABSENT) * NANOS_PER_MILLI),
        (int)
            number(
                hedging, "max_attempts", 2, Hedging.MOST_ATTEMPTS, Hedging.DEFAULT_MAX_ATTEMPTS));
  }

  private static double number(Struct hedging, String name, int min, double max, double otherwise)
      throws InvalidResource {
    double number =
        hedging.containsFields(name) ? hedging.getFieldsOrThrow(name).getNumberValue() : otherwise;
    if (!(number >= min && number <= max)) {
      throw new InvalidResource(
          "metadata.endomesh.hedging."
              + name
              + ": "
              + number
              + " (expected: "
              + min
              + " to "
              + max
              + ")");
    }
    return number;
  }
}
