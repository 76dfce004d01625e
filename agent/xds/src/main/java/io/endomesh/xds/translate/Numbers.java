package io.endomesh.xds.translate;

import com.google.protobuf.UInt32Value;
import io.endomesh.dataplane.route.Share;
import io.envoyproxy.envoy.type.v3.FractionalPercent;
import io.envoyproxy.envoy.type.v3.Percent;

/** Envoy's counts and percentages to ours. Stateless. */
final class Numbers {

  private Numbers() {}

  /** Beyond what an int holds it is as good as unlimited: Istio sends 2^32 - 1 to say so. */
  static int count(UInt32Value value) {
    long count = Integer.toUnsignedLong(value.getValue());
    return (int) Math.min(count, Integer.MAX_VALUE);
  }

  static int count(boolean present, UInt32Value value, int otherwise) {
    return present ? count(value) : otherwise;
  }

  /**
   * @throws InvalidResource if the number is not from {@code min} to {@code max}
   */
  static int within(String field, long value, long min, long max) throws InvalidResource {
    if (value < min || value > max) {
      throw new InvalidResource(
          field + ": " + Long.toUnsignedString(value) + " (expected: " + min + " to " + max + ")");
    }
    return (int) value;
  }

  /** A percentage in whole numbers, fractions rounded up so that a little is not nothing. */
  static int percent(String field, Percent percent) throws InvalidResource {
    double value = percent.getValue();
    if (!(value >= 0 && value <= 100)) {
      throw new InvalidResource(field + ": " + value + " (expected: 0 to 100)");
    }
    return (int) Math.ceil(value);
  }

  static Share share(String field, FractionalPercent fraction) throws InvalidResource {
    int of =
        switch (fraction.getDenominator()) {
          case HUNDRED -> 100;
          case TEN_THOUSAND -> 10_000;
          case MILLION -> 1_000_000;
          default ->
              throw new InvalidResource(
                  field
                      + ".denominator: "
                      + fraction.getDenominatorValue()
                      + " (expected: HUNDRED, TEN_THOUSAND or MILLION)");
        };
    int numerator =
        within(field + ".numerator", Integer.toUnsignedLong(fraction.getNumerator()), 0, of);
    return new Share(numerator * (1_000_000 / of));
  }
}
