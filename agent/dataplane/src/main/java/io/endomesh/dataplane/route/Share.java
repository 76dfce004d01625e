package io.endomesh.dataplane.route;

import java.util.concurrent.ThreadLocalRandom;

/**
 * A share of all calls (Envoy {@code FractionalPercent}). Immutable.
 *
 * @param perMillion 0 is none, 1,000,000 is all
 */
public record Share(int perMillion) {

  private static final int ALL_OF = 1_000_000;

  public static final Share NONE = new Share(0);
  public static final Share ALL = new Share(ALL_OF);

  public Share {
    if (perMillion < 0 || perMillion > ALL_OF) {
      throw new IllegalArgumentException(
          "share: " + perMillion + " (expected: 0 to " + ALL_OF + " per million)");
    }
  }

  /** True for as many calls as the share says, at random. Allocates nothing. */
  public boolean drawn() {
    return perMillion == ALL_OF
        || perMillion > 0 && ThreadLocalRandom.current().nextInt(ALL_OF) < perMillion;
  }

  @Override
  public String toString() {
    return perMillion / 10_000.0 + " %";
  }
}
