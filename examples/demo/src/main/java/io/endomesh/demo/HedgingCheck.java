package io.endomesh.demo;

import java.time.Duration;
import java.util.Arrays;

/** An instance that has become slow is not waited for: between real processes. */
final class HedgingCheck implements Check {

  private static final int CALLS = 100;
  private static final Duration EFFECT = Duration.ofSeconds(1);

  /** Of one of the two instances; every other call meets it. */
  private static final Duration SLOW = Duration.ofMillis(150);

  /** Longer than a call of a well instance takes here, far shorter than one of the slow one. */
  private static final Duration AFTER = Duration.ofMillis(25);

  @Override
  public String name() {
    return "hedging";
  }

  @Override
  public String run(MeshedShop shop) {
    shop.switchInventory("inventory-v1", "delay " + SLOW.toMillis());
    try {
      long plain = p99Millis(shop);
      CheckFailed.unless(
          plain >= SLOW.toMillis(),
          "an instance that takes " + SLOW.toMillis() + " ms gave a p99 of " + plain + " ms");
      shop.controller().apply(Yaml.hedging(MeshedShop.SHOP, AFTER.toMillis() + "ms"));
      Await.pass(EFFECT);
      long hedged = p99Millis(shop);
      CheckFailed.unless(
          hedged < SLOW.toMillis(),
          "hedged after %d ms the p99 is %d ms (expected: below %d ms)"
              .formatted(AFTER.toMillis(), hedged, SLOW.toMillis()));
      return "one of two instances takes %d ms: p99 %d ms, hedged after %d ms %d ms"
          .formatted(SLOW.toMillis(), plain, AFTER.toMillis(), hedged);
    } finally {
      shop.switchInventory("inventory-v1", "");
      shop.controller().delete("resiliencepolicy", MeshedShop.SHOP, "inventory");
    }
  }

  private static long p99Millis(MeshedShop shop) {
    long[] nanos = new long[CALLS];
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      Http.Answer answer = shop.stock();
      nanos[i] = System.nanoTime() - start;
      CheckFailed.unless(answer.ok(), "a call to a slow service gave " + answer);
    }
    Arrays.sort(nanos);
    return Duration.ofNanos(nanos[CALLS * 99 / 100 - 1]).toMillis();
  }
}
